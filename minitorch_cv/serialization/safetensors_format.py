"""The safetensors format: a table of names, dtypes, shapes and places, and the numbers. Nothing in it can be run.

Files are checked and written by the safetensors package; the names here are those of safetensors.torch.
Source: https://huggingface.co/docs/safetensors
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ..autograd.memory_order import exposed
from ..tensors.tensor import Tensor
from ..types import dtype as dt
from ..types.device import check_device
from ..utils.atomic import replacing
from .file_bytes import FileBytes, as_numbers
from .torch_names import refuse_dtype

LARGEST_TABLE = 3 << 20  # bytes; thirty thousand tensors have as much
_DTYPES = {
    **{"F64": dt.float64, "F32": dt.float32, "F16": dt.float16, "BOOL": dt.bool_},
    **{"I64": dt.int64, "I32": dt.int32, "I16": dt.int16, "I8": dt.int8, "U8": dt.uint8},
}
_METADATA = "__metadata__"


def save_file(
    tensors: Mapping[str, Tensor], filename: str | os.PathLike, metadata: dict[str, str] | None = None
) -> None:
    """Write a dict of tensors to a .safetensors file, as a whole or not at all.

    Args:     metadata: texts to be kept beside them; read_metadata gives them back.
    Raises:   TypeError: for anything but a dict of names and tensors, and texts for metadata.
              RuntimeError: for tensors that share memory, which the format cannot express.
    """
    from safetensors.numpy import save

    if not isinstance(tensors, Mapping):
        raise TypeError(f"save: a .safetensors file holds a dict of tensors, got {type(tensors).__name__}")
    for name, value in tensors.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise TypeError(
                "save: a .safetensors file holds a dict of names and tensors, nothing else, got "
                f"{type(name).__name__} {name!r}: {type(value).__name__}. For a checkpoint with more in it use .pth"
            )
    texts = {"format": "pt", **(metadata or {})}
    if not all(isinstance(text, str) for pair in texts.items() for text in pair):
        raise TypeError(f"save_file: metadata must be a dict of strings, got {metadata!r}")
    arrays = {name: exposed(value) for name, value in tensors.items()}
    _check_apart(arrays)
    content = save({name: np.array(array, order="C", ndmin=0) for name, array in arrays.items()}, texts)
    with replacing(filename) as part:
        part.write_bytes(content)


def load_file(filename: str | os.PathLike, device: Any = "cpu", *, mmap: bool = False) -> OrderedDict[str, Tensor]:
    """Read a .safetensors file.

    Args:     device: the CPU.
              mmap: let the tensors lie in the file, read where they are looked at; writing to them does not change it.
    Returns:  the tensors by name, in their order in the file.
    Raises:   FileNotFoundError: if there is no such file. RuntimeError: if it is none of this format, or damaged.
              NotImplementedError: if a tensor is of a dtype that this library does not have.
    """
    check_device(device)
    path = Path(filename)
    with path.open("rb") as file:
        source = FileBytes(file, str(filename), path if mmap else None)
        start, table = _table(source, path)
        made: OrderedDict[str, Tensor] = OrderedDict()
        for name, entry in sorted(table.items(), key=lambda item: item[1]["data_offsets"]):
            kind = _DTYPES.get(entry["dtype"])
            if kind is None:
                refuse_dtype(f"dtype {entry['dtype']} ({name[:60]})", source.name)
            begin, end = entry["data_offsets"]
            numbers = as_numbers(source.read(start + begin, end - begin), kind.numpy)
            made[name] = Tensor.wrap(numbers.reshape(entry["shape"]))
        return made


def read_metadata(filename: str | os.PathLike) -> dict[str, str]:
    """The texts that a .safetensors file keeps beside its tensors, such as {"format": "pt"}."""
    path = Path(filename)
    with path.open("rb") as file:
        _, table = _table(FileBytes(file, str(filename)), path, keep_metadata=True)
    return table.get(_METADATA) or {}


def _table(source: FileBytes, path: Path, keep_metadata: bool = False) -> tuple[int, dict[str, Any]]:
    """Where the numbers begin, and the table, which the safetensors package has checked against the file."""
    from safetensors import SafetensorError, safe_open

    if source.size < 8:
        raise source.damaged("it is shorter than the length of its table")
    length = int.from_bytes(source.read(0, 8).tobytes(), "little")
    if length > min(LARGEST_TABLE, source.size - 8):
        raise source.damaged(f"its table has {length} bytes, of {source.size} in the file and {LARGEST_TABLE} allowed")
    try:
        with safe_open(path, framework="numpy"):
            pass
        table = json.loads(source.read(8, length).tobytes(), object_pairs_hook=_without_duplicates)
    except (SafetensorError, ValueError) as error:
        raise source.damaged(str(error)[:200]) from error
    if not keep_metadata:
        table.pop(_METADATA, None)
    return 8 + length, table


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is in its table twice")
    return dict(pairs)


def _check_apart(arrays: dict[str, np.ndarray]) -> None:
    """Refuse arrays that share memory."""
    reaches = sorted((*np.lib.array_utils.byte_bounds(array), name) for name, array in arrays.items() if array.size)
    for (_, end, one), (begin, _, two) in pairwise(reaches):
        if begin < end:
            raise RuntimeError(
                f"save: {one} and {two} share memory, which a .safetensors file cannot express. Save one of them, or "
                "{name: tensor.clone() ...}, or use .pth"
            )
