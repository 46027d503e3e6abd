"""Files made byte by byte, as no library writes them."""

from __future__ import annotations

import io
import struct
import zipfile

MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}."  # begins a file before PyTorch 1.6


def zip_of(records: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """An archive as torch.save makes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in records.items():
            archive.writestr(f"x/{name}", content)
    return buffer.getvalue()


def file_of(pickled: bytes, storage: bytes = bytes(16)) -> bytes:
    """A file with this pickle, and one storage."""
    return zip_of({"data.pkl": b"\x80\x02" + pickled + b".", "byteorder": b"little", "data/0": storage})


def number(value: int) -> bytes:
    """A whole number of 8 bytes."""
    return b"\x8a\x08" + struct.pack("<q", value)


def numbers(values: tuple) -> bytes:
    """A tuple of them."""
    return b"(" + b"".join(map(number, values)) + b"t"


def storage(count: int = 4, key: bytes = b"X\x01\x00\x00\x000", kind: str = "Float") -> bytes:
    """A reference to a storage."""
    place = b"X\x03\x00\x00\x00cpu"
    return b"(X\x07\x00\x00\x00storage" + f"ctorch\n{kind}Storage\n".encode() + key + place + number(count) + b"tQ"


def tensor(offset: int, size: tuple, stride: tuple, of: bytes | None = None, sizes: bytes | None = None) -> bytes:
    """A tensor on it."""
    given = (storage() if of is None else of) + number(offset) + (sizes or numbers(size)) + numbers(stride)
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + given + b"\x89ccollections\nOrderedDict\n)RtR"


def doubled(times: int) -> bytes:
    """A tuple of two, each the same tuple of two, and so on: few bytes, 2**times parts."""
    return b")" + b"".join(b"q\x00h\x00\x86" for _ in range(times))
