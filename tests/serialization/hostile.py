"""Hostile files, and what is said of each: made to run code, to take memory or time, or to be read out of bounds."""

from __future__ import annotations

import io
import json
import struct
import zipfile

from .archives import MAGIC, doubled, file_of, number, numbers, storage, tensor, zip_of

MANY = 300_000


def key(pickled: bytes) -> bytes:
    """A dict with this key."""
    return b"}" + pickled + b"Ns"


def _legacy_references(count: int) -> bytes:
    """References to storages, which the old format keeps behind the pickle, each with nine empty sets."""
    begin = b"\x80\x02(X\x07\x00\x00\x00storageq\x00ctorch\nFloatStorage\nq\x01X\x03\x00\x00\x00cpuq\x02"
    one = b"(h\x00h\x01X\x05\x00\x00\x00%05xh\x02K\x00NtQ" + b"\x8f" * 9
    return MAGIC + begin + b"".join(one % i for i in range(count)) + b"l."


def _copies(content: bytes, function: bytes, more: bytes = b"") -> bytes:
    """A call repeated with content that stands in the file once."""
    return content + b"q\x00" + function + b"q\x02(" + (b"h\x02(h\x00" + more + b"tR") * 1000 + b"l"


_LATIN1 = b"X\x06\x00\x00\x00latin1"
_TEXT = b"X" + struct.pack("<I", 1_000_000) + b"a" * 1_000_000
_NUMBERS = b"(" + b"".join(b"J" + struct.pack("<i", i) for i in range(20_000))
_PAIRS = b"(" + b"".join(b"J" + struct.pack("<i", i) + b"N\x86" for i in range(20_000))
_COPIED = {
    "set": (_NUMBERS + b"l", b"c__builtin__\nset\n"),
    "frozenset": (_NUMBERS + b"l", b"c__builtin__\nfrozenset\n"),
    "OrderedDict": (_PAIRS + b"l", b"ccollections\nOrderedDict\n"),
    "Counter": (b"}" + _NUMBERS + b"u", b"ccollections\nCounter\n"),
    "Size": (_NUMBERS + b"t", b"ctorch\nSize\n"),
    "encode": (_TEXT, b"c_codecs\nencode\n", _LATIN1),
    "bytearray": (_TEXT, b"c__builtin__\nbytearray\n", _LATIN1),
}


def _twice() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("x/data.pkl", "x/data/0", "x/dat4/0"):
            archive.writestr(name, b"\x80\x02N.")
    return buffer.getvalue().replace(b"x/dat4/0", b"x/data/0")


def _patched(place: int, value: int) -> bytes:
    """A file whose directory tells something else of its last record: the size (24) or where it lies (42)."""
    content = bytearray(file_of(tensor(0, (4,), (1,))))
    entry = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, entry + place, value)
    if place == 24:
        struct.pack_into("<I", content, entry + 20, value)
    return bytes(content)


def _safetensors(table: bytes, content: bytes = bytes(16), length: int | None = None) -> bytes:
    return struct.pack("<Q", len(table) if length is None else length) + table + content


def _entry(**changed: object) -> bytes:
    return json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16], **changed}}).encode()


def _legacy(count: int, told: int) -> bytes:
    reference = storage(count)[:-2] + b"NtQ"
    keys = b"\x80\x02]X\x01\x00\x00\x000a."
    return MAGIC + b"\x80\x02" + tensor(0, (4,), (1,), reference) + b"." + keys + struct.pack("<q", told) + bytes(16)


def _padded(pickled: bytes, megabytes: int) -> bytes:
    """With so many bytes of a storage that nothing refers to: a large file, of which little is told."""
    return zip_of({"data.pkl": pickled, "data/0": bytes(megabytes << 20)})


def _empty_records(count: int) -> bytes:
    """An archive of a pickle and records without content, each a line in its directory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x/data.pkl", b"\x80\x02N.")
        for i in range(count):
            archive.writestr(f"x/{i:060x}", b"")
    return buffer.getvalue()


def _without_looking(content: bytes, way: str) -> bytes:
    """The same, with the end written so that a quick look at it finds another size of the directory."""
    end = content.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<HLL", content[end + 10 : end + 20])
    if way == "comment":  # the longest one, so that the end lies far from the file's
        return content[: end + 20] + struct.pack("<H", 65535) + bytes(65535)
    if way == "mark":  # the end's own mark once more, within it
        return content[: end + 4] + b"PK\x05\x06" + content[end + 8 :]
    long_end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    return content[:end] + long_end + locator + content[end : end + 12] + struct.pack("<LLH", 100, start, 0)


def _many_tensors(count: int) -> bytes:
    line = b'"%x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    return _safetensors(b"{" + b",".join(line % i for i in range(count)) + b"}", b"")


RUN = "which is not read: a pickle can run any code that way"
MEMORY = "has objects that need more than 48 MB"
DEEP = "nested more than 100 levels"
KEYS = "has keys of dicts or elements of sets with more than 10000 parts"
DAMAGED = "is damaged"

# name: content, what the error says (None: such a file does no harm, and is read)
FILES: dict[str, tuple[bytes, str | None]] = {
    # large for what they tell
    "empty sets in a large file.pt": (_padded(b"\x80\x02](" + b"\x8f" * 1_400_000 + b"e.", 24), MEMORY),
    "a directory of many records.pt": (_empty_records(80_000), "directory has"),
    **{
        f"a directory of many records, {way}.pt": (
            _without_looking(_empty_records(80_000), way),
            "directory has|damaged",
        )
        for way in ("comment", "mark", "long end")
    },
    "a table of many tensors.safetensors": (_many_tensors(100_000), "its table has"),
    # code
    "system": (file_of(b"cposix\nsystem\nX\x09\x00\x00\x00echo oops\x85R"), f"names posix.system, {RUN}"),
    "eval": (file_of(b"c__builtin__\neval\nX\x01\x00\x00\x001\x85R"), f"names __builtin__.eval, {RUN}"),
    "getattr": (file_of(b"\x8c\x08builtins\x8c\x07getattr\x93"), f"names builtins.getattr, {RUN}"),
    "torch.load": (file_of(b"ctorch.serialization\nload\n"), f"names torch.serialization.load, {RUN}"),
    "class": (file_of(b"ctorch.nn.modules.linear\nLinear\n)\x81"), f"names torch.nn.modules.linear.Linear, {RUN}"),
    "legacy system": (MAGIC + b"\x80\x02cposix\nsystem\nX\x01\x00\x00\x00a\x85R.", f"names posix.system, {RUN}"),
    "dotted": (file_of(b"ctorch\n_utils._rebuild_tensor_v2\n"), RUN),
    "extension": (file_of(b"\x82\x01"), "names something by a number (EXT), which is not read"),
    "instance": (file_of(b"(S'true'\nios\nsystem\n"), "names os.system, which is not read"),
    "new object": (file_of(b"ccollections\nOrderedDict\n)\x81"), "makes an object of a class (NEWOBJ)"),
    "buffer": (file_of(b"\x97"), "takes a buffer from outside the file"),
    "reference in text": (file_of(b"Pstorage\n"), "refers to something by a line of text (protocol 0"),
    "state of a tensor": (file_of(tensor(0, (4,), (1,)) + b"}X\x05\x00\x00\x00arrayNsb"), "a Tensor with a state"),
    "methods of a dict": (file_of(b"ccollections\nOrderedDict\n)R}X\x05\x00\x00\x00itemsNsb"), "with a state of its"),
    # memory
    "memo": (file_of(b"Nr\xff\xff\xff\xff"), None),
    "sets": (file_of(b"\x8f" * 10 * MANY), MEMORY),
    "dicts": (file_of(b"}" * 5 * MANY), MEMORY),
    "marks": (file_of(b"(" * 5 * MANY), MEMORY),
    "nothings": (file_of(b"(" + b"N" * 10 * MANY + b"l"), MEMORY),
    "calls": (file_of(b"ccollections\nOrderedDict\nq\x00(" + b"h\x00)R" * MANY + b"l"), MEMORY),
    **{f"copies of what is there: {name}": (file_of(_copies(*made)), MEMORY) for name, made in _COPIED.items()},
    "legacy references": (_legacy_references(60_000), MEMORY),
    "bytes": (file_of(b"\x8e" + struct.pack("<Q", 2**62)), DAMAGED),
    "text": (file_of(b"X\xff\xff\xff\xff"), DAMAGED),
    "whole number": (file_of(b"\x8b\xff\xff\xff\x7f"), DAMAGED),
    "bytearray": (file_of(b"\x96" + struct.pack("<Q", 2**40)), DAMAGED),
    "bytearray by size": (file_of(b"cbuiltins\nbytearray\n" + number(2**38) + b"\x85R"), "a bytearray of 2748"),
    "legacy bytes": (MAGIC[:-4] + b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b"a.", DAMAGED),
    "legacy storage": (_legacy(2**50, 4), "have more bytes than the"),
    "legacy count": (_legacy(4, 2**60), "storage 0 has 1152921504606846976 elements, expected 4"),
    "compressed storage": (
        zip_of({"data.pkl": b"\x80\x02N.", "data/0": bytes(1 << 28)}, zipfile.ZIP_DEFLATED),
        "is compressed or encrypted",
    ),
    "compressed pickle": (zip_of({"data.pkl": bytes(1 << 28)}, zipfile.ZIP_DEFLATED), "is compressed or encrypted"),
    "many records": (zip_of({"data.pkl": b"\x80\x02N.", **{f"data/{i}": b"" for i in range(5_000)}}), None),
    # time, and the stack
    "lists": (file_of(b"]" * MANY + b"a" * (MANY - 1)), f"{MEMORY}|{DEEP}"),
    "fewer lists": (file_of(b"]" * 100_000 + b"a" * 99_999), DEEP),
    "tuples": (file_of(b")" + b"\x85" * 150_000), DEEP),
    "tuples as a key": (file_of(key(b")" + b"\x85" * 150_000)), KEYS),
    "tuples in a set": (file_of(b"\x8f(" + b")" + b"\x85" * 150_000 + b"\x90"), KEYS),
    "tuples in a frozenset": (file_of(b"(" + b")" + b"\x85" * 150_000 + b"\x91"), KEYS),
    "tuples for a set": (file_of(b"cbuiltins\nset\n(" + b")" + b"\x85" * 150_000 + b"l\x85R"), KEYS),
    "doubled": (file_of(doubled(60)), None),
    "doubled as a key": (file_of(key(doubled(60))), KEYS),
    "doubled in an OrderedDict": (
        file_of(b"ccollections\nOrderedDict\n((" + doubled(60) + b"Nl" + b"l\x85R"),
        KEYS,
    ),
    "doubled size": (file_of(tensor(0, (), (1,), sizes=doubled(60))), "a tensor with offset 0, size"),
    "doubled storage": (file_of(tensor(0, (4,), (1,), storage(key=doubled(60)))), "a storage"),
    "doubled dtype": (file_of(b"cnumpy\ndtype\n" + doubled(60) + b"\x85R"), "an array of dtype (a tuple, a tuple)"),
    "doubled device": (file_of(b"ctorch\ndevice\n" + doubled(60) + b"\x85R"), "a device"),
    "doubled location": (file_of(b"(X\x07\x00\x00\x00storage" + doubled(60) + b"tQ"), "damaged"),
    "equal hashes": (
        file_of(
            b"}("
            + b"".join(b"\x8a\x0a" + ((2**61 - 1) * i).to_bytes(10, "little") + b"N" for i in range(20_000))
            + b"u"
        ),
        KEYS,
    ),
    "tuples as keys": (file_of(b"}(" + b"".join(numbers((i, i)) + b"N" for i in range(20_000)) + b"u"), KEYS),
    "tensor as arguments": (file_of(b"cbuiltins\nset\n" + tensor(0, (2**31,), (0,)) + b"R"), "with a Tensor"),
    "tensor for a set": (file_of(b"cbuiltins\nset\n" + tensor(0, (2**31,), (0,)) + b"\x85R"), "made of a Tensor"),
    "tensor of pairs": (
        file_of(b"ccollections\nOrderedDict\n" + tensor(0, (2**30, 2), (0, 1)) + b"\x85R"),
        "made of a Tensor",
    ),
    "tensor as a kind": (file_of(b"(" + tensor(0, (2**31,), (0,)) + b"NtQ"), "refers to a Tensor"),
    "long shape": (
        file_of(
            b"cnumpy._core.numeric\n_frombuffer\n(C\x04abcdcnumpy\ndtype\nX\x02\x00\x00\x00u1\x85R("
            + number(2**62) * 50_000
            + b"tX\x01\x00\x00\x00CtR"
        ),
        "an array of shape a tuple",
    ),
    "long number": (file_of(b"F" + b"x" * MANY + b"\n"), DAMAGED),
    "long name": (file_of(b"c" + b"x" * MANY + b"\n" + b"y" * MANY + b"\n"), RUN),
    # out of bounds
    "duplicate": (_twice(), "a record is in it twice"),
    "size beyond the file": (_patched(24, 2**31), "reaches into what lies behind it"),
    "place beyond the file": (_patched(42, 2**31), "reaches into what lies behind it"),
    "records over one another": (_patched(42, 0), "reaches into what lies behind it"),
    "storage too short": (file_of(tensor(0, (4,), (1,), storage(2**60))), "storage 0 has 16 bytes, expected"),
    "no storage": (file_of(tensor(0, (4,), (1,), storage(key=b"X\x02\x00\x00\x0099"))), "data/99 is missing"),
    "path": (file_of(tensor(0, (4,), (1,), storage(key=b"X\x0b\x00\x00\x00../data.pkl"))), "is missing"),
    "two kinds": (file_of(storage() + storage(2, kind="Double") + b"\x86"), "storage 0 is of two kinds"),
    "negative stride": (file_of(tensor(3, (4,), (-1,))), "a tensor with offset 3, size (4,) and stride (-1,)"),
    "negative offset": (file_of(tensor(-1, (4,), (1,))), "a tensor with offset -1"),
    "negative size": (file_of(tensor(0, (-4,), (1,))), "size (-4,)"),
    "negative count": (file_of(tensor(0, (4,), (1,), storage(-4))), "a storage ('0', 'cpu', -4)"),
    "beyond the storage": (file_of(tensor(1, (4,), (1,))), "reaches beyond its storage of 4 numbers"),
    "overlapping": (file_of(tensor(0, (3, 2), (1, 1))), "size (3, 2) and stride (1, 1), whose elements share memory"),
    "stride beyond": (file_of(tensor(0, (2,), (2**62,))), "reaches beyond its storage of 4 numbers"),
    "more strides": (file_of(tensor(0, (4,), (1, 1))), "size (4,) and stride (1, 1)"),
    "shown too often": (file_of(tensor(0, (2**20, 2**20), (0, 0))), "on a storage of 4 numbers"),
    "expanded": (file_of(tensor(0, (1000, 4), (0, 1))), None),
    "dimensions": (file_of(tensor(0, (1,) * 65, (1,) * 65)), "a tensor with offset 0, size a tuple"),
    # safetensors
    "long table.safetensors": (_safetensors(_entry(), length=2**62), "its table has 4611686018427387904 bytes"),
    "beyond.safetensors": (_safetensors(_entry(data_offsets=[0, 32], shape=[8])), DAMAGED),
    "negative.safetensors": (_safetensors(_entry(data_offsets=[-16, 0])), DAMAGED),
    "huge.safetensors": (_safetensors(_entry(shape=[2**62])), DAMAGED),
    "deep.safetensors": (_safetensors(b'{"a":' + b"[" * MANY), DAMAGED),
    "twice.safetensors": (_safetensors(_entry()[:-1] + b"," + _entry()[1:]), DAMAGED),
    "empty.safetensors": (b"", "shorter than the length of its table"),
}
