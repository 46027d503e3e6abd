"""Downloads from a server on this machine: good, damaged, missing and slow ones."""

import functools
import hashlib
import http.server
import os
import threading

import pytest

from minitorch_cv.vision.datasets import MNIST
from minitorch_cv.vision.datasets.download import fetch_file
from tests.vision.datasets.idx_files import write_split


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        self.server.asked.append(self.path)


class Breaking(Quiet):
    """Announces more than it sends."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")


@pytest.fixture
def serve():
    servers = []

    def start(folder, handler=Quiet):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
        server.asked = []
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        server.url = f"http://127.0.0.1:{server.server_port}/"
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def mirror(tmp_path):
    """A folder that has all four files, and a class that expects exactly these."""
    folder = tmp_path / "mirror"
    write_split(folder, "train", 6, seed=0)
    write_split(folder, "t10k", 3, seed=1)

    class Local(MNIST):
        resources = [(name, hashlib.md5((folder / name).read_bytes()).hexdigest()) for name, _ in MNIST.resources]

    return folder, Local


def test_downloading_all_files_once(tmp_path, mirror, serve):
    folder, kind = mirror
    server = serve(folder)
    kind.mirrors = [server.url]
    assert len(kind(tmp_path / "data", download=True)) == 6
    raw = tmp_path / "data" / "Local" / "raw"
    assert sorted(os.listdir(raw)) == sorted(name for name, _ in MNIST.resources)
    assert len(kind(tmp_path / "data", train=False, download=True)) == 3
    assert len(server.asked) == 4  # what is there is not fetched again
    (raw / "t10k-labels-idx1-ubyte.gz").unlink()
    assert len(kind(tmp_path / "data", train=False, download=True)) == 3
    assert len(server.asked) == 5


def test_the_next_mirror_is_asked_when_one_fails(tmp_path, mirror, serve):
    folder, kind = mirror
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for name, _ in MNIST.resources:
        (damaged / name).write_bytes(b"<html>out of order</html>")
    (tmp_path / "empty").mkdir()
    kind.mirrors = [
        serve(tmp_path / "empty").url,  # 404
        serve(damaged).url.rstrip("/"),  # another checksum
        serve(folder, Breaking).url,  # ends early
        "http://127.0.0.1:1/",  # nobody answers
        serve(folder).url,
    ]
    assert len(kind(tmp_path / "data", download=True)) == 6
    assert sorted(os.listdir(tmp_path / "data" / "Local" / "raw")) == sorted(name for name, _ in MNIST.resources)


def test_when_all_fail_nothing_is_left_and_all_is_told(tmp_path, mirror, serve):
    folder, kind = mirror
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "train-images-idx3-ubyte.gz").write_bytes(b"damaged")
    (tmp_path / "empty").mkdir()
    kind.mirrors = [
        serve(tmp_path / "empty").url,
        serve(damaged).url,
        serve(folder, Breaking).url,
        "http://127.0.0.1:1/",
    ]
    with pytest.raises(RuntimeError, match=r"Error downloading train-images-idx3-ubyte\.gz") as found:
        kind(tmp_path / "data", download=True)
    text = str(found.value)
    assert f"{kind.mirrors[0]}train-images-idx3-ubyte.gz: HTTP Error 404" in text
    assert f"its md5 is {hashlib.md5(b'damaged').hexdigest()}, expected {kind.resources[0][1]}" in text
    assert text.count("its md5 is") + text.count("IncompleteRead") == 2
    assert "http://127.0.0.1:1/train-images-idx3-ubyte.gz: <urlopen error" in text
    raw = tmp_path / "data" / "Local" / "raw"
    assert text.endswith(f"Fetch it by other means and put it at {raw / 'train-images-idx3-ubyte.gz'}")
    assert os.listdir(raw) == []


def test_a_file_that_is_there_stays_when_the_new_one_is_damaged(tmp_path, serve):
    (tmp_path / "a").write_text("old")
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "a").write_text("new")
    with pytest.raises(RuntimeError, match="Error downloading a"):
        fetch_file([serve(tmp_path / "mirror").url], "a", tmp_path, "0" * 32)
    assert (tmp_path / "a").read_text() == "old"


def test_progress_is_shown(tmp_path, serve, capsys):
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "a.gz").write_bytes(b"x" * 2048)
    md5 = hashlib.md5(b"x" * 2048).hexdigest()
    assert fetch_file([serve(tmp_path / "mirror").url], "a.gz", tmp_path, md5) == tmp_path / "a.gz"
    shown = capsys.readouterr().err
    assert "a.gz: 100%" in shown and "2.00k/2.00k" in shown
