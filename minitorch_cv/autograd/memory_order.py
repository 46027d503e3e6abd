"""Memory order: layers leave images channels last in memory, and scripts written for PyTorch's order do not notice.

What a layer makes has the shape (N, C, H, W) and memory that runs in the order N, H, W, C. PyTorch would have had it
in the order of the dimensions, where `y.view(n, -1)` is a view. Here the memory *moves* first: `y` and everything that
shares memory with it (views, detached tensors) go to a copy in the order of the dimensions, together, so that all
still see each other's writes. What backward has saved keeps the old memory, which has the same numbers; the version
that the tensors share still tells if they are changed in place.

Memory stays where it is (`fixed`) if the user made its order: by `memory_format=channels_last`, by permuting what was
computed from, or by sharing it with what cannot follow, such as a NumPy array.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np

from ..kernels.owner import owner_of
from .node import Array
from .view import replay

if TYPE_CHECKING:
    from .variable import Variable


def has_channels_innermost(array: Array) -> bool:
    """Whether memory is dense and in the order of the dimensions but for one, which lies innermost.

    That is how a layer's (N, C, H, W) lies in memory, the image (C, H, W) cut from it, and its sum over one dimension.
    """
    if array.ndim < 3 or array.flags.c_contiguous:
        return False
    shape, strides = array.shape, array.strides
    dims = [d for d in range(array.ndim) if shape[d] != 1]
    innermost = min(dims, key=lambda d: strides[d])
    step = array.itemsize
    for d in (innermost, *[d for d in reversed(dims) if d != innermost]):
        if strides[d] != step:
            return False
        step *= shape[d]
    return True


def note_sharing(variable: Variable, source: Variable) -> None:
    """Note that `variable` shares `source`'s memory and version, so that the two move together."""
    counter = source.version_counter
    home = source if source._base is None else source._base
    if home.array.flags.c_contiguous and counter.tenants is None:  # such memory never moves
        if variable._base is None and not variable.array.flags.c_contiguous:
            counter.fixed = True  # the user's own order, without a base that tells so
        return
    if counter.tenants is None:
        counter.tenants = WeakValueDictionary({id(home): home, id(source): source})
    counter.tenants[id(variable)] = variable


def inherit_order(result: Variable, inputs: Sequence[Variable | None]) -> None:
    """Let a result in the order of the first input of its shape stay there if that input's order is the user's.

    So `image.permute(2, 0, 1) * 2` keeps the permuted order, as in PyTorch, although a layer's map may lie the same.
    """
    array = result.array
    if array.flags.c_contiguous:
        return
    for v in inputs:
        if v is not None and v.array.shape == array.shape and not v.array.flags.c_contiguous:
            result.version_counter.fixed = _order(v.array) == _order(array) and home_of(v) is None
            return


def _order(array: Array) -> list[int]:
    """The dimensions, outermost in memory first."""
    return sorted((d for d in range(array.ndim) if array.shape[d] != 1), key=lambda d: -array.strides[d])


def home_of(variable: Variable) -> Variable | None:
    """The tensor whose memory `variable` shows, if that is channels last and may move; else None."""
    home = variable if variable._base is None else variable._base
    counter = variable.version_counter
    if counter.tenants is None:
        return home if not counter.fixed and has_channels_innermost(home.array) else None
    if counter.fixed:
        return None
    homes = [t for t in counter.tenants.values() if t._base is None and has_channels_innermost(t.array)]
    return max(homes, key=lambda t: t.array.size, default=None)


def fits_in_order(variable: Variable, home: Variable, shape: Sequence[int]) -> bool:
    """Whether `variable` could be viewed in another shape if `home`'s memory ran in the order of its dimensions."""
    if variable is home:
        return True
    place = _place_in_order(variable.array, home.array)
    return place is not None and _is_viewable(variable.array.shape, place[1], shape)


def move_in_order(home: Variable) -> bool:
    """Let the memory run in the order of the dimensions; whether all that share it can follow."""
    old = home.array
    tenants = home.version_counter.tenants
    followers = [] if tenants is None else [t for t in tenants.values() if t is not home and t.array.size]
    places = [_place_in_order(t.array, old) for t in followers]
    if None in places:
        return False
    new = old.copy(order="C")
    moved = {id(home): new}
    for t, (offset, strides) in zip(followers, places):  # type: ignore[misc]
        shown = np.ndarray(t.array.shape, t.array.dtype, new, offset, strides)
        shown.flags.writeable = t.array.flags.writeable
        moved[id(t)] = shown
    for t in followers:
        if t._base is not None and t._chain is not None and not _leads_to_a_view(t, moved[id(t._base)]):
            return False
    for t in (home, *followers):
        t.array = moved[id(t)]
    return True


def exposed(variable: Variable) -> Array:
    """The array, to be shared with what cannot follow a move: moved now, if it may move, and not any more later."""
    if is_settled(variable):
        return variable.array
    home = home_of(variable)
    if home is not None and not move_in_order(home):
        variable.version_counter.fixed = True
    return variable.array


def memory_of(variable: Variable) -> Array:
    """The whole of the memory of which `variable` shows a part: as much of it as any tensor has shown."""
    if variable._base is not None:
        return memory_of(variable._base)
    whole = variable._whole
    if whole is None:
        return variable.array
    return whole if np.may_share_memory(whole, variable.array) else owner_of(variable.array)  # it may have moved


def part_of(variable: Variable) -> Array | None:
    """The whole memory, for a tensor that will show it without being a view; None if `variable` shows all of it."""
    return None if variable._base is None and variable._whole is None else memory_of(variable)


def is_settled(variable: Variable) -> bool:
    """The quick answer for most tensors: memory is in order, and nobody else has a say in it."""
    return variable._base is None and variable.version_counter.tenants is None and variable.array.flags.c_contiguous


def pin(variable: Variable) -> None:
    """Never move this tensor's memory, which it shares with what would not follow."""
    if not variable.array.flags.c_contiguous:
        variable.version_counter.fixed = True


def _leads_to_a_view(variable: Variable, base_array: Array) -> bool:
    """Whether the view operations that led to `variable` still are views where its base lies now."""
    return np.may_share_memory(replay(variable._chain_from_base(), base_array), base_array)


def _place_in_order(array: Array, old: Array) -> tuple[int, tuple[int, ...]] | None:
    """Where the elements of `old` that `array` shows lie once old's memory runs in the order of its dimensions.

    Returns:  offset and strides in bytes; None if no strides describe it.
    """
    size = old.itemsize
    outermost_first = _order(old)
    new_strides = np.cumprod([size, *old.shape[:0:-1]])[::-1].tolist()

    def steps(distance: int) -> list[tuple[int, int]] | None:
        """A distance in memory as steps along the dimensions of old."""
        found = []
        for d in outermost_first:
            count, distance = divmod(distance, old.strides[d])
            found.append((d, count))
        return found if distance == 0 else None

    start = steps(array.ctypes.data - old.ctypes.data)
    if array.itemsize != size or start is None:
        return None
    reach = dict(start)
    strides = []
    for n, stride in zip(array.shape, array.strides):
        taken = steps(stride) if n > 1 else []
        if taken is None:
            return None
        for d, count in taken:
            reach[d] += (n - 1) * count
        strides.append(sum(count * new_strides[d] for d, count in taken))
    if any(count < 0 for _, count in start) or any(reach[d] >= old.shape[d] for d in reach):
        return None  # somewhere it lies outside, or steps over the edge of a dimension
    return sum(count * new_strides[d] for d, count in start), tuple(strides)


def _is_viewable(shape: Sequence[int], strides: Sequence[int], wanted: Sequence[int]) -> bool:
    """Whether memory of this shape and these strides can be viewed in the wanted shape of as many elements."""
    pieces: list[list[int]] = []  # of memory, each with one step throughout: number of elements, step
    for n, stride in zip(shape, strides):
        if n != 1:
            if pieces and pieces[-1][1] == n * stride:
                pieces[-1] = [pieces[-1][0] * n, stride]
            else:
                pieces.append([n, stride])
    sizes: list[Any] = [n for n in wanted if n != 1]
    for count, _ in pieces:
        filled = 1
        while filled < count:
            filled *= sizes.pop(0)
        if filled != count:
            return False
    return True
