"""load_restricted: what NumPy and Python write is read; what could run code, or does not fit together, is refused."""

import collections
import io
import os
import pickle
import struct

import numpy as np
import pytest

from minitorch_cv.utils.restricted_pickle import load_restricted


def written(tmp_path, raw):
    path = tmp_path / "file.pkl"
    path.write_bytes(raw if isinstance(raw, bytes) else pickle.dumps(raw, protocol=2))
    return path


def python2_array(array):
    """A dict with an array as Python 2 with an old NumPy pickles it: bytes as strings."""
    raw = array.tobytes()
    return (
        b"\x80\x02}U\x04datacnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        + b"(K\x01"
        + b"".join(b"J" + struct.pack("<i", size) for size in array.shape)
        + {1: b"\x85", 2: b"\x86"}[array.ndim]
        + b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        + b"T"
        + struct.pack("<i", len(raw))
        + raw
        + b"tbs."
    )


@pytest.mark.parametrize("dtype", ["u1", "?", "<i8", ">i4", "<f4", ">f8", "<f2", "<c8"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("protocol", range(6))
def test_arrays(tmp_path, dtype, order, protocol):
    random = np.random.default_rng(0)
    array = np.asarray(random.integers(0, 9, (2, 3, 4)).astype(dtype), order=order)
    found = load_restricted(written(tmp_path, pickle.dumps(array, protocol)))
    expected = pickle.loads(pickle.dumps(array, protocol))  # in the byte order of this machine
    assert type(found) is np.ndarray and found.dtype == expected.dtype and found.flags.writeable
    assert found.strides == expected.strides
    np.testing.assert_array_equal(found, array)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(found)), array)


def test_an_array_in_another_order_of_memory(tmp_path):
    array = np.arange(24).reshape(2, 3, 4).transpose(0, 2, 1)
    for protocol in (2, 5):
        np.testing.assert_array_equal(load_restricted(written(tmp_path, pickle.dumps(array, protocol))), array)


def test_everything_plain(tmp_path):
    content = {
        "text": "ä",
        b"bytes": b"\x00\xff",
        "empty": b"",
        "numbers": [1, -(2**70), 1.5, True, None, 2 + 3j],
        "containers": ({1, 2}, frozenset("a"), (), collections.OrderedDict(a=1)),
        "scalars": [np.float32(2.5), np.int64(-3), np.bool_(True)],
        "empty array": np.zeros((0, 3)),
    }
    for protocol in range(6):
        found = load_restricted(written(tmp_path, pickle.dumps(content, protocol)))
        assert found.keys() == content.keys() and found["empty array"].shape == (0, 3)
        for key in content.keys() - {"empty array"}:
            assert found[key] == content[key]
            assert [type(value) for value in found[key]] == [type(value) for value in content[key]]


def test_what_python_2_wrote(tmp_path):
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3) + 250
    np.testing.assert_array_equal(load_restricted(written(tmp_path, python2_array(pixels)))["data"], pixels)
    found = load_restricted(written(tmp_path, python2_array(pixels)), encoding="bytes")
    np.testing.assert_array_equal(found[b"data"], pixels)


class Calls:
    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


@pytest.mark.parametrize("function", [os.system, eval, getattr, io.open, np.load, collections.Counter])
def test_functions_are_refused_before_they_are_called(tmp_path, function):
    marker = tmp_path / "marker"
    path = written(tmp_path, {"data": Calls(function, f"touch {marker}")})
    module = {"nt": "nt", "posix": "posix"}.get(function.__module__, function.__module__)
    with pytest.raises(pickle.UnpicklingError, match="which is not read: a pickle can run any code that way") as found:
        load_restricted(path)
    assert str(path) in str(found.value) and function.__name__ in str(found.value)
    assert module.split(".")[0] in str(found.value) or module in ("builtins", "_io")
    assert not marker.exists()


def test_objects_of_classes_are_refused(tmp_path):
    path = written(tmp_path, b"\x80\x02cos\nsystem\nU\x04trueR.")
    with pytest.raises(
        pickle.UnpicklingError, match=r"names os\.system, which is not read.*delete the file and get it"
    ):
        load_restricted(path)


DTYPE = b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
BYTES = b"\x80\x04cnumpy._core.numeric\n_frombuffer\n"
ARRAY = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"", "it ends too early"),
        (b"<html>not found</html>", "cannot be read as a pickle"),
        (pickle.dumps({"a": [1] * 100}, 2)[:40], "cannot be read as a pickle"),
        (python2_array(np.zeros((2, 3), np.uint8))[:-8], "cannot be read as a pickle"),
        (b"\x80\x02I1\nI2\nR.", "TypeError"),
        (b"\x80\x02cnumpy\nndarray\nK\x05\x85R.", "not callable"),
        (b"\x80\x02cnumpy\ndtype\nU\x05i8,i8\x85R.", "an array of dtype 'i8,i8'"),
        (b"\x80\x02cnumpy\ndtype\nU\x02u1\x85R(K\x03U\x01|U\x01xNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb.", "state"),
        (ARRAY + b"(K\x01K\x05\x85" + DTYPE + b"\x89U\x04abcdtb.", r"shape \(5,\) and dtype uint8 with 4 bytes"),
        (ARRAY + b"(K\x01J\xff\xff\xff\xff\x85" + DTYPE + b"\x89U\x00tb.", r"an array of shape \(-1,\)"),
        (ARRAY + b"(K\x01K\x01" + DTYPE + b"\x89U\x01atb.", "an array of shape 1"),
        (ARRAY + b"(K\x01K\x01\x85N\x89U\x01atb.", "an array without a dtype or without bytes"),
        (ARRAY + b"(K\x01K\x01\x85" + DTYPE + b"\x89]tb.", "an array without a dtype or without bytes"),
        (ARRAY + b"K\x01b.", "TypeError"),
        (BYTES + b"(C\x04abcd" + DTYPE + b"K\x05\x85U\x01CtR.", r"shape \(5,\) and dtype uint8 with 4 bytes"),
        (BYTES + b"(C\x04abcd" + DTYPE + b"K\x04\x85U\x01XtR.", "ValueError"),
        (BYTES + b"(C\x04abcdNK\x04\x85U\x01CtR.", "an array without a dtype or without bytes"),
        (
            b"\x80\x02cnumpy.core.multiarray\nscalar\n" + DTYPE + b"U\x02ab\x86R.",
            "a number of dtype uint8 with 2 bytes",
        ),
        (b"\x80\x02c_codecs\nencode\nU\x01aU\x05utf-8\x86R.", "bytes encoded as 'utf-8'"),
        (b"\x80\x02c__builtin__\nbytes\nK\x63\x85R.", "TypeError"),
        (b"\x80\x02c_codecs\nencode\nN}U\x09_functionK\x01s\x86b.", "a StandIn with a state"),
        (b"\x80\x02c_codecs\nencode\n}U\x01xK\x01sb.", "a StandIn with a state"),
        (b"\x80\x02U\x01aQ.", "persistent"),
        (b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"abc.", "cannot be read as a pickle"),
    ],
)
def test_damaged_and_hostile_files(tmp_path, raw, match):
    path = written(tmp_path, raw)
    with pytest.raises(RuntimeError, match=match) as found:
        load_restricted(path)
    assert str(found.value).startswith(f"{path} is corrupted: it cannot be read as a pickle")


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"\x80\x02cnumpy\nndarray\nK\x05\x85\x81.", r"makes an object of a class \(NEWOBJ\), which is not read"),
        (b"\x80\x02\x82\x01.", r"names something by a number \(EXT\), which is not read"),
        (b"\x80\x02cnumpy\ndtype\nU\x01O\x85R.", "has an array of dtype 'O'; read are integers"),
        (b"\x80\x02(U\x04trueios\nsystem\n.", r"names os\.system, which is not read"),
    ],
)
def test_instructions_that_are_refused(tmp_path, raw, match):
    with pytest.raises(pickle.UnpicklingError, match=match):
        load_restricted(written(tmp_path, raw))


def test_a_number_that_announces_much_memory_takes_none(tmp_path):
    memo = b"\x80\x02Nr" + struct.pack("<I", 2**32 - 1) + b"."  # the reader in C makes a table of that length
    assert load_restricted(written(tmp_path, memo)) is None


def test_large_files_are_refused(tmp_path):
    path = written(tmp_path, {"a": 1})
    size = path.stat().st_size
    with pytest.raises(RuntimeError, match=f"has {size} bytes, more than the 5 that are read of a pickle"):
        load_restricted(path, largest=5)
    assert load_restricted(path, largest=size) == {"a": 1}


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_restricted(tmp_path / "none")
