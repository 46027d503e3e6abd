"""The files that a course hands out with two_files.py."""
