"""IDX files, good ones and all kinds of bad ones."""

import gzip

import numpy as np
import pytest

from minitorch_cv.vision.datasets.idx import read_idx
from tests.vision.datasets.idx_files import idx_bytes

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
LABELS = np.array([3, 1, 2], np.uint8)


def written(tmp_path, raw, name="file"):
    path = tmp_path / name
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("array", [IMAGES, LABELS, LABELS[:0], IMAGES[:0]])
def test_reading(tmp_path, array):
    plain = read_idx(written(tmp_path, idx_bytes(array)), array.ndim)
    zipped = read_idx(written(tmp_path, gzip.compress(idx_bytes(array)), "file.gz"), array.ndim)
    for found in (plain, zipped):
        assert found.dtype == np.uint8 and found.flags.writeable
        np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"", "it has 0 bytes, which is too short for an IDX header of 16"),
        (idx_bytes(IMAGES)[:3], "it has 3 bytes"),
        (idx_bytes(IMAGES)[:10], "it has 10 bytes"),
        (idx_bytes(IMAGES)[:-1], "announces 2 x 3 x 4 = 24 bytes of images, found 23"),
        (idx_bytes(IMAGES) + b"x", "announces 2 x 3 x 4 = 24 bytes of images, found 25"),
        (idx_bytes(IMAGES, sizes=(2**32 - 1,) * 3), "found 24"),
        (idx_bytes(LABELS), r"expected the magic number 2051 \(images\), found 2049; this is a file of labels"),
        (idx_bytes(LABELS, magic=0x0D03), r"expected the magic number 2051 \(images\), found 3331\. Delete"),
        (
            b"<!DOCTYPE html><html>not found</html>",
            r"expected the magic number 2051 \(images\), found 1008813135\. Delete",
        ),
        (gzip.compress(idx_bytes(IMAGES), mtime=0), "expected the magic number 2051"),
    ],
)
def test_bad_files(tmp_path, raw, match):
    path = written(tmp_path, raw)
    with pytest.raises(RuntimeError, match=match) as found:
        read_idx(path, 3)
    assert str(found.value).startswith(f"{path} is corrupted: ") and "get it again" in str(found.value)


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"", "it is empty"),
        (gzip.compress(idx_bytes(IMAGES), mtime=0)[:-12], "the compressed data end too early, after"),
        (gzip.compress(idx_bytes(IMAGES), mtime=0)[:5], "the compressed data end too early"),
        (idx_bytes(IMAGES), "it cannot be unpacked by gzip: Not a gzipped file"),
        (gzip.compress(idx_bytes(IMAGES), mtime=0)[:-8] + b"12345678", "by gzip: CRC check failed"),
        (gzip.compress(idx_bytes(IMAGES), mtime=0)[:10] + b"\xff" * 40, "it cannot be unpacked by gzip"),
        (gzip.compress(idx_bytes(LABELS), mtime=0), "this is a file of labels, was it given the wrong name"),
    ],
)
def test_bad_zipped_files(tmp_path, raw, match):
    path = written(tmp_path, raw, "file.gz")
    with pytest.raises(RuntimeError, match=match) as found:
        read_idx(path, 3)
    assert str(path) in str(found.value)


def test_a_zipped_file_that_becomes_too_large(tmp_path, monkeypatch):
    path = written(tmp_path, gzip.compress(idx_bytes(IMAGES)), "file.gz")
    size = len(idx_bytes(IMAGES))
    monkeypatch.setattr("minitorch_cv.vision.datasets.idx.LARGEST", size - 1)
    with pytest.raises(RuntimeError, match=rf"file\.gz is corrupted: \d+ compressed bytes become more than {size - 1}"):
        read_idx(path, 3)
    monkeypatch.setattr("minitorch_cv.vision.datasets.idx.LARGEST", size)
    np.testing.assert_array_equal(read_idx(path, 3), IMAGES)
