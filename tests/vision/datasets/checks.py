"""Comparisons of a dataset with torchvision's, and small archives of datasets."""

import copy
import pickle
import tarfile

import numpy as np
import pytest
import torch

import minitorch_cv as mt


def plain(value):
    """Images and tensors, in tuples or not, as (kind, nested list); everything else as it is."""
    if hasattr(value, "getbands"):
        return value.mode, np.array(value).tolist()
    if isinstance(value, (mt.Tensor, torch.Tensor)):
        return str(value.dtype), value.tolist()
    if isinstance(value, tuple):
        return tuple(plain(v) for v in value)
    return value


def check_alike(ours, theirs):
    """The same length, text, classes, targets and samples."""
    assert len(ours) == len(theirs) > 0
    assert repr(ours) == repr(theirs)
    for name in ("targets", "classes", "class_to_idx", "samples", "imgs", "wnids", "wnid_to_idx", "images"):
        if hasattr(theirs, name):
            assert plain(getattr(ours, name)) == plain(getattr(theirs, name)), name
    for index in range(len(theirs)):
        mine, reference = ours[index], theirs[index]
        assert type(mine[1]) is type(reference[1]) or isinstance(mine[1], mt.Tensor)
        assert plain(mine) == plain(reference)


def check_raises_alike(call_ours, call_theirs, match):
    """Both raise, the same type of error; ours begins with torchvision's words."""
    with pytest.raises(Exception) as reference:
        call_theirs()
    with pytest.raises(reference.type, match=match) as found:
        call_ours()
    assert str(found.value).startswith(str(reference.value).strip().rstrip("."))


def check_can_be_copied(dataset):
    """A dataset may be a key, and survives pickle and copy."""
    assert {dataset: 1}[dataset] == 1
    for other in (pickle.loads(pickle.dumps(dataset)), copy.copy(dataset), copy.deepcopy(dataset)):
        assert repr(other) == repr(dataset) and len(other) == len(dataset)
        assert plain(other[0]) == plain(dataset[0])


def pack(folder, names, path, mode="w:gz"):
    """A tar archive of some files or folders in a folder."""
    with tarfile.open(path, mode) as tar:
        for name in names:
            tar.add(folder / name, arcname=name)
    return path
