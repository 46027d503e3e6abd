"""What the benchmarks share: models written once for both libraries, worker processes, tables and charts."""
