"""What adaptive pooling checks of its arguments."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..kernels.places import Places, adaptive_places
from .arguments import check_floating
from .image_form import ImageForm


def adaptive_form(op_name: str, spatial: int, input: Variable, output_size: Any) -> tuple[ImageForm, Places]:
    """The form of the input, and the pixels that each result is made of.

    output_size may be one number for all dimensions, or have None where the input's own size is to be kept.
    """
    check_floating(op_name, input)
    shape = input.array.shape
    if len(shape) not in (spatial + 1, spatial + 2):
        raise RuntimeError(f"{op_name}: Expected {spatial + 1}D or {spatial + 2}D tensor, but got {list(shape)}")
    if 0 in shape[-spatial - 1 :]:
        raise RuntimeError(
            f"{op_name}: Expected input to have non-zero size for non-batch dimensions, but input has sizes "
            f"{list(shape)}"
        )
    wanted = _sizes(op_name, spatial, output_size, shape[-spatial:])
    form = ImageForm(spatial, batched=len(shape) == spatial + 2)
    return form, adaptive_places(form.image_size(shape), form.image_size(wanted))


def _sizes(op_name: str, spatial: int, output_size: Any, own: tuple[int, ...]) -> tuple[int, ...]:
    given = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * spatial
    if len(given) == 1:
        given = given * spatial
    if len(given) != spatial:
        raise RuntimeError(f"{op_name}: output_size must be {spatial}, but got {len(given)} numbers: {output_size!r}")
    sizes = []
    for size, kept in zip(given, own):
        if size is None and spatial > 1:
            size = kept
        if isinstance(size, bool) or not hasattr(size, "__index__"):
            raise TypeError(
                f"{op_name}(): argument 'output_size' (position 2) must be int or tuple of ints, got {output_size!r}"
            )
        sizes.append(int(size))
    if min(sizes) < 0:
        raise RuntimeError(
            f"{op_name}: elements of output_size must be greater than or equal to 0 but received {sizes}"
        )
    return tuple(sizes)
