"""Hostile files are refused within 2 seconds of work and 100 MB, with an error that says why; none runs anything."""

from __future__ import annotations

import json

import pytest

from tests.checks import run_script

from .hostile import FILES

SECONDS = 2
MEGABYTES = 100

# Loads each file in a process of its own, which costs little: it is forked from one that has imported the library.
SCRIPT = """
    import json, os, resource, sys, time
    import minitorch_cv as mt
    from safetensors import safe_open

    def status(field):
        with open("/proc/self/status") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024

    def report(path):
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
        before, start = status("VmRSS"), time.process_time()
        try:
            mt.load(path)
            error = None
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
        return {"error": error, "seconds": time.process_time() - start, "megabytes": status("VmHWM") - before}

    found = {}
    for name in sorted(os.listdir(sys.argv[1])):
        reader, writer = os.pipe()
        if not (pid := os.fork()):
            with os.fdopen(writer, "w") as out:
                json.dump(report(os.path.join(sys.argv[1], name)), out)
                out.flush()
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as lines:
            told = lines.read()
        found[name] = {**(json.loads(told) if told else {}), "exit": os.waitpid(pid, 0)[1]}
    print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """What became of each file."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (content, _) in FILES.items():
        (folder / name).write_bytes(content)
    found = run_script(SCRIPT, folder, measured=False)
    assert found.returncode == 0, found.stderr
    assert "oops" not in found.stdout
    return json.loads(found.stdout)


@pytest.mark.parametrize("name", FILES)
def test_hostile_file(reports, name):
    report, expected = reports[name], FILES[name][1]
    assert report["exit"] == 0, "the process died"
    if expected is None:
        assert report["error"] is None
    else:
        assert report["error"].startswith(("RuntimeError: load: ", "UnpicklingError: load: "))
        assert any(part in report["error"] for part in expected.split("|")), report["error"]
        assert len(report["error"]) < 1000
    assert report["seconds"] < SECONDS
    assert report["megabytes"] < MEGABYTES
