"""unpack: good archives, and those that are damaged or try to write elsewhere."""

import errno
import io
import os
import stat
import tarfile
import zipfile

import numpy as np
import pytest

from minitorch_cv.vision.datasets.unpack import unpack


def archive(path, members, mode="w:gz"):
    """A tar archive; a member is (name, bytes), or (name, type, link target)."""
    with tarfile.open(path, mode) as tar:
        for name, content, *link in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, str):  # bytes are types as well
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content.encode()))
            else:
                info.type = content
                info.linkname = link[0] if link else ""
                tar.addfile(info)
    return path


def tree(folder):
    """The files in a folder and what is in them."""
    return {
        os.path.relpath(os.path.join(parent, name), folder): open(os.path.join(parent, name)).read()
        for parent, _, names in os.walk(folder)
        for name in names
    }


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_unpacking(tmp_path, mode):
    path = archive(tmp_path / "a.tar", [("d", tarfile.DIRTYPE), ("d/x", "1"), ("./d/e/y", "2"), ("z", "")], mode)
    unpack(path, tmp_path / "new" / "folder")
    assert tree(tmp_path / "new" / "folder") == {"d/x": "1", "d/e/y": "2", "z": ""}
    assert sorted(os.listdir(tmp_path / "new" / "folder")) == ["d", "z"]


def test_folders_that_are_there_are_added_to(tmp_path):
    unpack(archive(tmp_path / "a.tar", [("d/x", "old"), ("d/e/y", "kept"), ("u/v", "kept")]), tmp_path / "to")
    unpack(archive(tmp_path / "b.tar", [("d/x", "new"), ("d/e/z", "new"), ("d/f/g", "new")]), tmp_path / "to")
    assert tree(tmp_path / "to") == {"d/x": "new", "d/e/y": "kept", "d/e/z": "new", "d/f/g": "new", "u/v": "kept"}


def test_a_first_folder_can_be_left_out(tmp_path):
    unpack(
        archive(tmp_path / "a.tar", [("top/d/x", "1"), ("top/y", "2"), ("other/z", "3"), ("top", "4")]),
        tmp_path / "to",
        strip="top",
    )
    assert tree(tmp_path / "to") == {"d/x": "1", "y": "2", "other/z": "3", "top": "4"}


def test_only_contents_are_taken(tmp_path):
    info = tarfile.TarInfo("x")
    info.mode, info.uid, info.size = 0o6777, 12345, 1
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.addfile(info, io.BytesIO(b"1"))
    unpack(tmp_path / "a.tar", tmp_path / "to")
    status = (tmp_path / "to" / "x").stat()
    assert status.st_mode & 0o7111 == 0 and status.st_uid == os.getuid()


GOOD = ("good", "content")


@pytest.mark.parametrize(
    ("member", "match"),
    [
        (("../evil", "x"), r"has the name '\.\./evil', which leads out of the folder"),
        (("a/../../evil", "x"), "leads out of the folder"),
        (("/evil", "x"), "leads out of the folder"),
        (("..", "x"), "leads out of the folder"),
        (("C:\\evil", "x"), "leads out of the folder"),
        (("C:evil", "x"), "leads out of the folder"),
        (("a\\..\\..\\evil", "x"), "leads out of the folder"),
        (("\\\\server\\evil", "x"), "leads out of the folder"),
        (("../folder", tarfile.DIRTYPE), "leads out of the folder"),
        (("link", tarfile.SYMTYPE, "/etc"), "has 'link', which is neither a file nor a folder, but a link or device"),
        (("link", tarfile.LNKTYPE, "good"), "neither a file nor a folder"),
        (("device", tarfile.CHRTYPE), "neither a file nor a folder"),
        (("device", tarfile.BLKTYPE), "neither a file nor a folder"),
        (("pipe", tarfile.FIFOTYPE), "neither a file nor a folder"),
        (("good/inside", "x"), "is damaged"),
        ((".", "x"), "is damaged"),
    ],
)
def test_what_is_refused(tmp_path, member, match):
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "good").write_text("before")
    path = archive(tmp_path / "a.tar", [GOOD, member])
    with pytest.raises(RuntimeError, match=match) as found:
        unpack(path, tmp_path / "to")
    assert str(found.value).startswith(f"{path} ") and str(found.value).endswith("; nothing was unpacked")
    assert tree(tmp_path / "to") == {"good": "before"}
    assert sorted(os.listdir(tmp_path)) == ["a.tar", "to"]


def test_a_link_and_a_file_behind_it_are_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    members = [("d", tarfile.SYMTYPE, str(tmp_path / "elsewhere")), ("d/evil", "x")]
    with pytest.raises(RuntimeError, match="a link or device"):
        unpack(archive(tmp_path / "a.tar", members), tmp_path / "to")
    assert os.listdir(tmp_path / "elsewhere") == os.listdir(tmp_path / "to") == []


def test_a_full_disk(tmp_path, monkeypatch):
    path = archive(tmp_path / "a.tar", [GOOD])
    for number in (errno.ENOSPC, errno.EIO):

        def fail(*_, number=number):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr("shutil.copyfileobj", fail)
        with pytest.raises(OSError) as found:
            unpack(path, tmp_path / "to")
        assert found.value.errno == number and os.listdir(tmp_path / "to") == []
        told = f"{path} could not be unpacked into {tmp_path / 'to'}; nothing of it was kept" in str(found.value)
        assert told == (number == errno.ENOSPC)


def test_a_small_archive_of_large_files_is_refused(tmp_path):
    path = archive(tmp_path / "a.tgz", [(f"zeros{k}", "0" * 100_000) for k in range(5)])
    assert path.stat().st_size < 5000
    with pytest.raises(RuntimeError, match="would become larger than 300000 bytes"):
        unpack(path, tmp_path / "to", largest=300_000)
    with pytest.raises(RuntimeError, match="has more than 3 files"):
        unpack(path, tmp_path / "to", most_files=3)
    assert os.listdir(tmp_path / "to") == []
    unpack(path, tmp_path / "to", largest=500_000, most_files=5)
    assert len(tree(tmp_path / "to")) == 5


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("share", [0, 0.4, 0.7])
def test_a_file_that_is_cut_off(tmp_path, mode, share):
    random = np.random.default_rng(0).bytes(50_000).hex()
    path = archive(tmp_path / "a.tar", [GOOD, ("large", random)], mode)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(RuntimeError, match=r"a\.tar is damaged: .*Delete it and get it again; nothing was unpacked"):
        unpack(path, tmp_path / "to")
    assert os.listdir(tmp_path / "to") == []


@pytest.mark.parametrize("mode", ["w:gz", "w:xz"])
def test_a_file_with_wrong_bytes_in_it(tmp_path, mode):
    path = archive(tmp_path / "a.tar", [GOOD, ("large", np.random.default_rng(0).bytes(50_000).hex())], mode)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 200] = bytes(200)
    path.write_bytes(raw)
    with pytest.raises(RuntimeError, match="is damaged"):
        unpack(path, tmp_path / "to")
    assert os.listdir(tmp_path / "to") == []


def test_a_file_that_is_no_archive(tmp_path):
    (tmp_path / "a.tar").write_text("<html>not found</html>")
    with pytest.raises(RuntimeError, match="is damaged"):
        unpack(tmp_path / "a.tar", tmp_path / "to")


def zipped(path, members):
    """A zip archive; a member is (name, text), or (name, text, kind as in a file's mode)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content, *kind in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = (kind[0] | 0o644) << 16 if kind else 0
            file.writestr(info, content)
    return path


def test_zip(tmp_path):
    path = zipped(tmp_path / "a.zip", [("top/", ""), ("top/d/x", "1"), ("top/y", "2", stat.S_IFREG), ("z", "")])
    unpack(path, tmp_path / "to")
    assert tree(tmp_path / "to") == {"top/d/x": "1", "top/y": "2", "z": ""}
    unpack(path, tmp_path / "bare", strip="top")
    assert tree(tmp_path / "bare") == {"d/x": "1", "y": "2", "z": ""}
    unpack(zipped(tmp_path / "empty.zip", []), tmp_path / "none")
    assert tree(tmp_path / "none") == {}


def test_a_zip_in_a_tar_is_a_file(tmp_path):
    inner = zipped(tmp_path / "a.zip", [("x", "1")])
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.add(inner, "a.zip")
    unpack(tmp_path / "a.tar", tmp_path / "to")
    assert os.listdir(tmp_path / "to") == ["a.zip"]


@pytest.mark.parametrize(
    ("member", "match"),
    [
        (("../evil", "x"), "leads out of the folder"),
        (("/evil", "x"), "leads out of the folder"),
        (("link", "/etc", stat.S_IFLNK), "has 'link', which is neither a file nor a folder"),
        (("good/inside", "x"), "is damaged"),
        (("zeros", "0" * 200_000), "would become larger than 100000 bytes"),
    ],
)
def test_what_is_refused_in_a_zip(tmp_path, member, match):
    path = zipped(tmp_path / "a.zip", [GOOD, member])
    with pytest.raises(RuntimeError, match=match) as found:
        unpack(path, tmp_path / "to", largest=100_000)
    assert str(found.value).endswith("; nothing was unpacked") and os.listdir(tmp_path / "to") == []


@pytest.mark.parametrize("share", [0.001, 0.4, 0.99])
def test_a_zip_that_is_cut_off(tmp_path, share):
    path = zipped(tmp_path / "a.zip", [GOOD, ("large", np.random.default_rng(0).bytes(20_000).hex())])
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(RuntimeError, match=r"a\.zip is damaged: .*Delete it and get it again; nothing was unpacked"):
        unpack(path, tmp_path / "to")


def test_a_zip_with_wrong_bytes_in_it(tmp_path):
    path = zipped(tmp_path / "a.zip", [GOOD, ("large", np.random.default_rng(0).bytes(20_000).hex())])
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 200] = bytes(200)
    path.write_bytes(raw)
    with pytest.raises(RuntimeError, match="is damaged"):
        unpack(path, tmp_path / "to")


@pytest.mark.parametrize(
    ("place", "value", "match"),
    [
        (8, 1, "has 'good', which is encrypted"),  # a bit of the flags
        (10, 77, "has 'good', which is packed in a way that is not known: That compression method is not supported"),
        (6, 99, r"is of a version that is not known: zip file version 9\.9"),
    ],
)
def test_a_zip_that_cannot_be_read(tmp_path, place, value, match):
    """In the directory at the end, and in the file's own header, which lacks the first two bytes of it."""
    path = zipped(tmp_path / "a.zip", [GOOD])
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + place] = value
    raw[place - 2] = value
    path.write_bytes(raw)
    with pytest.raises(RuntimeError, match=match) as found:
        unpack(path, tmp_path / "to")
    assert str(found.value).startswith(f"{path} ") and str(found.value).endswith("; nothing was unpacked")
    assert os.listdir(tmp_path / "to") == []
