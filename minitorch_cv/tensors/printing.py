"""Tensors as text, exactly as PyTorch prints them, and the options of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..types import dtype as dt


@dataclass
class _Options:
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_options = _Options()

_PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Choose how tensors are printed (torch.set_printoptions); None leaves an option as it is, but resets sci_mode.

    Args:     precision: digits after the point.
              threshold: tensors of more elements are summarised.
              edgeitems: how many elements a summary shows at each end of a dimension.
              linewidth: characters in a line.
              profile: "default", "short" or "full", to begin with.
              sci_mode: always (True) or never (False) scientific notation; None: where the numbers need it.
    Raises:   ValueError: for another profile.
    """
    chosen = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    if profile is not None and profile not in _PROFILES:
        raise ValueError(f"set_printoptions: profile must be one of {', '.join(_PROFILES)}, got {profile!r}")
    for name, value in (_PROFILES[profile] if profile else {}).items():
        setattr(_options, name, value)
    for name, value in chosen.items():
        if value is not None:
            setattr(_options, name, value)
    _options.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The options, by the names of set_printoptions' arguments (torch.get_printoptions)."""
    return asdict(_options)


@contextmanager
def printoptions(**kwargs: Any) -> Iterator[None]:
    """Options for the time of a `with` (torch.printoptions); takes what set_printoptions takes."""
    before = get_printoptions()
    set_printoptions(**kwargs)
    try:
        yield
    finally:
        set_printoptions(**before)


class _NumberFormat:
    """How the numbers of one tensor are written, all with the same width.

    Args:     shown: the elements that will be seen.
    """

    def __init__(self, shown: np.ndarray) -> None:
        self.is_float = shown.dtype.kind == "f"
        self.all_integers = True
        self.scientific = False
        self.width = 1
        values = shown.astype(np.float64).ravel() if self.is_float else shown.ravel()
        if self.is_float:
            values = values[np.isfinite(values) & (values != 0)]
            if not values.size:
                return
            size = np.abs(values)
            smallest, largest = float(size.min()), float(size.max())
            self.all_integers = bool(np.all(values == np.ceil(values)))
            self.scientific = largest / smallest > 1000 or largest > 1e8 or smallest < 1e-4
            if _options.sci_mode is not None:
                self.scientific = _options.sci_mode
        self.width = max((len(self._text(value)) for value in values.tolist()), default=1)

    def _text(self, value: Any) -> str:
        if not self.is_float:
            return str(value)
        if self.scientific:
            return f"{value:.{_options.precision}e}"
        if self.all_integers:
            return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
        return f"{value:.{_options.precision}f}"

    def __call__(self, value: Any) -> str:
        """One number, filled up to the common width."""
        return self._text(value).rjust(self.width)


def _ends(count: int, summarize: bool) -> tuple[range, range] | None:
    """The indices that a summary shows at both ends of a dimension of `count`; None if it shows all."""
    edge = _options.edgeitems
    return (range(edge), range(count - edge, count)) if summarize and count > 2 * edge else None


def _shown(array: np.ndarray) -> np.ndarray:
    """The elements that a summary shows."""
    for axis, count in enumerate(array.shape):
        ends = _ends(count, True)
        if ends is not None:
            array = array.take([*ends[0], *ends[1]], axis)
    return array


def _contents(array: np.ndarray, indent: int, summarize: bool, number: _NumberFormat) -> str:
    """The nested brackets; `indent` is how far right they begin."""
    if array.ndim == 0:
        return number(array.item())
    ends = _ends(array.shape[0], summarize)
    if array.ndim == 1:
        if summarize and not _options.edgeitems:
            items = ["..."]
        elif ends is None:
            items = [number(v) for v in array.tolist()]
        else:
            items = [number(array[i].item()) for i in ends[0]]
            items += [" ...", *[number(array[i].item()) for i in ends[1]]]
        per_line = max(1, (_options.linewidth - indent) // (number.width + 2))
        lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    if ends is None:
        parts = [_contents(part, indent + 1, summarize, number) for part in array]
    else:
        parts = [_contents(array[i], indent + 1, summarize, number) for i in ends[0]]
        parts += ["...", *[_contents(array[i], indent + 1, summarize, number) for i in ends[1]]]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def _brackets(array: np.ndarray, indent: int) -> str:
    if array.size == 0:
        return "[]"
    summarize = array.size > _options.threshold
    with np.errstate(all="ignore"):
        return _contents(array, indent, summarize, _NumberFormat(_shown(array) if summarize else array))


def tensor_text(tensor: Any, name: str, contents: str | None = None) -> str:
    """`name([[1., 2.]], dtype=..., requires_grad=True)`.

    Args:     contents: stands for the numbers if given.
    """
    array = tensor.array
    if contents is None:
        contents = _brackets(array, len(name) + 1)
    suffixes = []
    if array.size == 0:
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
        if tensor.dtype is not dt.get_default_dtype():
            suffixes.append(f"dtype={tensor.dtype}")
    else:
        if not _options.edgeitems:
            suffixes.append(f"size={tuple(array.shape)}")
        if tensor.dtype not in (dt.get_default_dtype(), dt.int64, dt.bool_):
            suffixes.append(f"dtype={tensor.dtype}")
    history = _history(tensor)
    if history:
        suffixes.append(history)
    return _with_suffixes(f"{name}({contents}", suffixes, len(name) + 1)


def _history(tensor: Any) -> str:
    try:
        node = tensor.grad_fn
    except RuntimeError:  # a view whose base was written to where the graph could not follow
        return "grad_fn=<Invalid>"
    if node is not None:
        return f"grad_fn=<{node.name().rsplit('::', 1)[-1]}>"
    return "requires_grad=True" if tensor.requires_grad else ""


def _with_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    """The suffixes after the brackets, each on a new line if it would not fit."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text + ")"


class PrintingMethods:
    """repr."""

    __slots__ = ()

    printed_as = "tensor"  # a subclass prints under its own name, unless it says otherwise

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "printed_as" not in vars(cls):
            cls.printed_as = cls.__name__

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return tensor_text(self, self.printed_as, tensor_contents)
