"""Small IDX files, made by hand."""

import gzip
import struct

import numpy as np


def idx_bytes(array, magic=None, sizes=None):
    """The bytes of an IDX file; `magic` and `sizes` may lie."""
    array = np.asarray(array, np.uint8)
    magic = 0x0800 + array.ndim if magic is None else magic
    sizes = array.shape if sizes is None else sizes
    return struct.pack(f">I{len(sizes)}I", magic, *sizes) + array.tobytes()


def write_split(folder, split, count, seed, zipped=True):
    """Write images and labels of a split; return them."""
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, 28, 28), np.uint8)
    labels = random.integers(0, 10, count, np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    for array, kind in ((images, "images-idx3"), (labels, "labels-idx1")):
        raw = idx_bytes(array)
        name = f"{split}-{kind}-ubyte"
        if zipped:
            (folder / f"{name}.gz").write_bytes(gzip.compress(raw))
        else:
            (folder / name).write_bytes(raw)
    return images, labels
