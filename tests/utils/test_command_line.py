"""What is wrong with a command-line argument is said at once, in a line."""

import argparse

import pytest

from minitorch_cv.utils.command_line import existing_file, positive_int


def parse(kind, text):
    parser = argparse.ArgumentParser()
    parser.add_argument("--it", type=kind)
    return parser.parse_args(["--it", text]).it


def test_what_fits(tmp_path):
    (tmp_path / "a.pth").write_bytes(b"")
    assert parse(positive_int, "7") == 7
    assert parse(existing_file, str(tmp_path / "a.pth")) == tmp_path / "a.pth"


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "many"])
def test_numbers_that_do_not(text, capsys):
    with pytest.raises(SystemExit):
        parse(positive_int, text)
    assert f"expected a whole number of at least 1, got {text!r}" in capsys.readouterr().err


def test_files_that_are_not_there(tmp_path, capsys):
    for path, what in ((tmp_path / "none.pth", "not there"), (tmp_path, "a folder")):
        with pytest.raises(SystemExit):
            parse(existing_file, str(path))
        assert f"{path} is {what}, expected a file" in capsys.readouterr().err
