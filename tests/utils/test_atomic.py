"""Files that are there as a whole or not at all."""

import os

import pytest

from minitorch_cv.utils.atomic import replacing


def test_the_file_takes_its_place_at_the_end(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with replacing(str(target)) as part:
        part.write_text("new")
        assert target.read_text() == "old" and part.parent == tmp_path
    assert target.read_text() == "new" and os.listdir(tmp_path) == ["a.txt"]


def test_after_an_error_the_old_file_is_there_and_no_part(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as part:
        part.write_text("ne")
        1 / 0
    assert target.read_text() == "old" and os.listdir(tmp_path) == ["a.txt"]


def test_a_link_is_kept(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "there" / "a.txt")
    with replacing(link) as part:
        part.write_text("new")
    assert link.is_symlink() and (tmp_path / "there" / "a.txt").read_text() == "new"


def test_the_file_has_the_rights_of_any_new_file(tmp_path):
    with replacing(tmp_path / "a") as part:
        part.write_text("")
    (tmp_path / "b").touch()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no such folder: .*no'$"), replacing(tmp_path / "no" / "a"):
        pass


def test_a_file_keeps_its_permissions(tmp_path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o600)
    with replacing(tmp_path / "a") as part:
        assert part.stat().st_mode & 0o777 == 0o600, "nobody else reads it while it is written, either"
        part.write_text("new")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600 and (tmp_path / "a").read_text() == "new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with replacing(pipe) as part:
        part.write_text("through")
    assert os.read(reader, 100) == b"through" and not pipe.is_file() and os.listdir(tmp_path) == ["pipe"]
    os.close(reader)


def test_parts_of_killed_processes_are_removed(tmp_path):
    names = ["old [1].pt.0a1b2c3d", "new.pt.11112222"]
    left, of_another_file = (tmp_path / f".{name}.part" for name in names)
    running = tmp_path / ".old [1].pt.99998888.part"
    for part in (left, of_another_file, running):
        part.write_text("half")
    for part in (left, of_another_file):
        os.utime(part, (0, 0))
    with replacing(tmp_path / "old [1].pt") as part:
        part.write_text("whole")
    assert sorted(os.listdir(tmp_path)) == sorted([of_another_file.name, running.name, "old [1].pt"])
