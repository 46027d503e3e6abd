"""fetch_file, from servers on this machine: good, damaged, missing, slow, lying ones, and ones that break off."""

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from minitorch_cv.utils.checksum import Checksum, md5
from minitorch_cv.utils.download import fetch_file
from tests.servers import Chunked, Lying, Plain, Resuming, Slow, Stalling

CONTENT = bytes(range(256)) * 1200  # several of the pieces in which it is read
MD5 = hashlib.md5(CONTENT).hexdigest()
NOBODY = "http://127.0.0.1:1/"


@pytest.fixture
def mirror(tmp_path):
    """A folder with the file `a.gz`."""
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "a.gz").write_bytes(CONTENT)
    return tmp_path / "mirror"


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data" / "a.gz"


def fetch(target, *urls, **options):
    return fetch_file([f"{url}a.gz" for url in urls], target, md5(MD5), **{"timeout": 5, **options})


def test_a_file_is_fetched_once(mirror, target, serve):
    server = serve(mirror)
    assert fetch(target, server.url) == target and target.read_bytes() == CONTENT
    assert fetch(target, server.url) == target
    assert server.asked == [("/a.gz", None)] and os.listdir(target.parent) == ["a.gz"]


@pytest.mark.parametrize("handler", [Plain, Resuming])
def test_what_arrived_is_kept_and_the_rest_is_asked_for(mirror, target, serve, handler):
    broken = serve(mirror, Resuming, sends=100_000)
    with pytest.raises(
        RuntimeError, match=r"the connection broke off after 100000 bytes, 207200 before the end"
    ) as found:
        fetch(target, broken.url, attempts=1)
    part = target.with_name(".a.gz.part")
    assert str(found.value).endswith(f"The next download goes on from the 100000 bytes in {part}")
    assert part.read_bytes() == CONTENT[:100_000]
    good = serve(mirror, handler)  # one that sends the rest, one that sends all
    assert fetch(target, good.url).read_bytes() == CONTENT
    assert good.asked == [("/a.gz", "bytes=100000-")] and os.listdir(target.parent) == ["a.gz"]


def test_one_call_goes_on_as_long_as_something_arrives(mirror, target, serve):
    server = serve(mirror, Resuming, sends=120_000)
    assert fetch(target, server.url).read_bytes() == CONTENT
    assert server.asked == [("/a.gz", None), ("/a.gz", "bytes=120000-"), ("/a.gz", "bytes=240000-")]


def test_the_next_mirror_goes_on_where_the_first_broke_off(mirror, target, serve):
    first, second = serve(mirror, Resuming, sends=100_000), serve(mirror, Resuming)
    assert fetch(target, first.url, second.url, attempts=1).read_bytes() == CONTENT
    assert second.asked == [("/a.gz", "bytes=100000-")]


@pytest.mark.parametrize("begun", [b"another beginning", CONTENT + b"and more"])
def test_a_part_of_another_file_is_thrown_away(mirror, target, serve, begun):
    target.parent.mkdir()
    part = target.with_name(".a.gz.part")
    part.write_bytes(begun)
    server = serve(mirror, Resuming)
    assert fetch(target, server.url).read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == [f"bytes={len(begun)}-", None] and not part.exists()


def test_a_rest_from_another_place_is_not_appended(mirror, target, serve):
    target.parent.mkdir()
    target.with_name(".a.gz.part").write_bytes(CONTENT[:1000])
    server = serve(mirror, Resuming, shift=5)  # "bytes 1005-"
    assert fetch(target, server.url, attempts=1).read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == ["bytes=1000-", None]


def test_a_complete_part_is_not_fetched_again(mirror, target, serve):
    target.parent.mkdir()
    target.with_name(".a.gz.part").write_bytes(CONTENT)
    server = serve(mirror)
    assert fetch(target, server.url).read_bytes() == CONTENT and server.asked == []


def test_a_server_that_announces_too_much(mirror, target, serve):
    assert fetch(target, serve(mirror, Lying, length=len(CONTENT) + 1000).url).read_bytes() == CONTENT


def test_a_server_that_announces_too_little(mirror, target, serve):
    server = serve(mirror, Lying, length=1000)
    with pytest.raises(RuntimeError, match=f"its md5 is {hashlib.md5(CONTENT[:1000]).hexdigest()}, expected {MD5}"):
        fetch(target, server.url)
    assert os.listdir(target.parent) == [] and len(server.asked) == 1


def test_a_server_that_says_nothing_of_the_length(mirror, target, serve):
    server = serve(mirror, Chunked, sends=70_000)
    with pytest.raises(RuntimeError, match=r"broke off after 65536 bytes \(IncompleteRead"):
        fetch(target, server.url, attempts=1)


def test_a_slow_server_is_given_up(mirror, target, serve):
    with pytest.raises(RuntimeError, match=r"a\.gz: .*timed out"):
        fetch(target, serve(mirror, Slow).url, timeout=0.1)
    assert os.listdir(target.parent) == []


def test_a_server_that_falls_silent_is_given_up(mirror, target, serve):
    with pytest.raises(RuntimeError, match=r"broke off after 65536 bytes \(timed out\)"):
        fetch(target, serve(mirror, Stalling, sends=70_000).url, timeout=0.1, attempts=1)
    with pytest.raises(RuntimeError, match="timed out"):
        fetch(target.with_name("b.gz"), serve(mirror, Stalling, sends=0).url, timeout=0.1)
    assert os.listdir(target.parent) == [".a.gz.part"]


def test_a_file_that_does_not_end_is_given_up(mirror, target, serve):
    with pytest.raises(RuntimeError, match="it is larger than 1000 bytes"):
        fetch(target, serve(mirror).url, largest=1000)
    assert os.listdir(target.parent) == []


def test_the_next_mirror_is_asked_when_one_fails(tmp_path, mirror, target, serve):
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "a.gz").write_bytes(b"<html>out of order</html>")
    (tmp_path / "empty").mkdir()
    urls = [serve(tmp_path / "empty").url, serve(damaged).url, NOBODY, serve(mirror).url]
    assert fetch(target, *urls).read_bytes() == CONTENT
    assert os.listdir(target.parent) == ["a.gz"]


def test_when_all_fail_all_is_told_and_what_was_there_stays(tmp_path, target, serve):
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "a.gz").write_bytes(b"damaged")
    (tmp_path / "empty").mkdir()
    target.parent.mkdir()
    target.write_bytes(b"old")
    urls = [serve(tmp_path / "empty").url, serve(damaged).url, NOBODY]
    with pytest.raises(RuntimeError, match=r"Error downloading a\.gz") as found:
        fetch(target, *urls)
    text = str(found.value)
    assert f"{urls[0]}a.gz: HTTP Error 404" in text
    assert f"{urls[1]}a.gz: its md5 is {hashlib.md5(b'damaged').hexdigest()}, expected {MD5}" in text
    assert f"{NOBODY}a.gz: <urlopen error" in text
    assert text.endswith(f"Fetch it by other means and put it at {target}")
    assert target.read_bytes() == b"old" and os.listdir(target.parent) == ["a.gz"]


def test_several_at_once_fetch_a_file_once(mirror, target, serve):
    server = serve(mirror, Slow, delay=0.1)
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: fetch(target, server.url), range(4)))
    assert paths == [target] * 4 and target.read_bytes() == CONTENT
    assert len(server.asked) == 1 and os.listdir(target.parent) == ["a.gz"]


def test_without_locks(mirror, target, serve, monkeypatch):
    def none(file, operation):
        raise OSError("no locks available")

    monkeypatch.setattr("fcntl.flock", none)  # as on some network drives
    assert fetch(target, serve(mirror).url).read_bytes() == CONTENT
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    assert fetch(target.with_name("b.gz"), serve(mirror).url).read_bytes() == CONTENT
    assert sorted(os.listdir(target.parent)) == ["a.gz", "b.gz"]


def test_progress_is_shown(mirror, target, serve, capsys):
    fetch(target, serve(mirror).url)
    shown = capsys.readouterr().err
    assert "a.gz: 100%" in shown and "300k/300k" in shown


def test_progress_is_not_shown(mirror, target, serve, capsys):
    fetch(target, serve(mirror).url, progress=False)
    assert capsys.readouterr().err == ""


def test_the_beginning_of_a_sha256(mirror, target, serve):
    server = serve(mirror)
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert fetch_file([f"{server.url}a.gz"], target, Checksum("sha256", digest[:8])).read_bytes() == CONTENT
    target.unlink()
    with pytest.raises(RuntimeError, match=f"its sha256 is {digest[:8]}, expected 01234567"):
        fetch_file([f"{server.url}a.gz"], target, Checksum("sha256", "01234567"))
    assert os.listdir(target.parent) == []
