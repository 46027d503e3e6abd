"""torchvision.tv_tensors: tensors that say what they are, so that transforms can tell an image from other numbers.

There is `Image`. Masks, bounding boxes, key points and videos are not transformed here.
"""

from __future__ import annotations

from typing import Any

from ..tensors.creation import as_tensor
from ..tensors.printing import tensor_text
from ..tensors.tensor import Tensor
from ..types.memory_format import contiguous_format, preserve_format
from .transforms.functional import pil_to_tensor
from .transforms.functional.images import is_pil_image

_EMPTY = object()
_NOT_HERE = ("BoundingBoxFormat", "BoundingBoxes", "KeyPoints", "Mask", "Video")


class TVTensor(Tensor):
    """The base of tensors that say what they are.

    The methods `clone`, `to`, `detach` and `requires_grad_` keep the class, so that transforms go on knowing the image.
    What everything else gives is a plain tensor, even where it shares all its memory: `contiguous()`, `cpu()`,
    `float()`. Methods that write in place (`add_`) return the tensor itself, which stays what it is.
    """

    __slots__ = ()

    def clone(self, *, memory_format: Any = preserve_format) -> Any:
        """A copy that gradients flow through, of the same class."""
        return self._same_class(super().clone(memory_format=memory_format))

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Itself or a converted copy, of the same class."""
        return self._same_class(super().to(*args, **kwargs))

    def detach(self) -> Any:
        """The same memory without the history, of the same class."""
        return self._same_class(super().detach())

    def contiguous(self, memory_format: Any = contiguous_format) -> Any:
        """A plain tensor, with the same memory if that is in the format."""
        return self._plain(super().contiguous(memory_format))

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The dtype's old name, or a plain tensor of a dtype."""
        return self._plain(super().type(dtype, non_blocking))

    def _converted(self, *args: Any) -> Any:
        """`float()`, `cpu()` and the like: a plain tensor."""
        return self._plain(super()._converted(*args))

    def _same_class(self, made: Tensor) -> Tensor:
        if made is not self:
            made.__class__ = self.__class__
        return made

    def _plain(self, made: Any) -> Any:
        return self[...] if made is self else made


class Image(TVTensor):
    """A tensor (..., C, H, W) that is an image.

    Args:     data: a tensor, whose memory and history the image shares; an array, a PIL image, or nested lists. Of two
                dimensions, (H, W), it becomes (1, H, W).
              dtype: of the image; by default the data's.
              requires_grad: by default the data's.
    Raises:   ValueError: for fewer than two dimensions.
    """

    __slots__ = ()

    def __new__(cls, data: Any = _EMPTY, *, dtype: Any = None, requires_grad: bool | None = None) -> Image:  # noqa: D102
        if data is _EMPTY:  # copy and pickle fill it themselves
            return super().__new__(cls)
        pixels = pil_to_tensor(data) if is_pil_image(data) else as_tensor(data)
        if dtype is not None:
            pixels = pixels.to(dtype)
        if pixels.array.ndim < 2:
            raise ValueError(f"Image: expected (..., C, H, W) or (H, W), got shape {tuple(pixels.shape)}")
        made = as_image(pixels.unsqueeze(0) if pixels.array.ndim == 2 else pixels)
        return made if requires_grad is None else made.requires_grad_(requires_grad)  # type: ignore[return-value]

    def __init__(self, data: Any = _EMPTY, *, dtype: Any = None, requires_grad: bool | None = None) -> None:
        pass

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        return f"{tensor_text(self, self.printed_as, tensor_contents)[:-1]}, )"  # with torchvision's comma


def as_image(pixels: Tensor) -> Image:
    """A tensor as an Image, with the same memory and history."""
    if isinstance(pixels, Image):
        return pixels
    made = pixels[...]  # a tensor of its own: the user's one stays plain
    made.__class__ = Image
    return made  # type: ignore[return-value]


def wrap(wrappee: Any, *, like: Any) -> Any:
    """A tensor of the same kind as `like`: an Image for an Image; of a tuple each. Everything else stays as it is."""
    if not isinstance(like, TVTensor):
        return wrappee
    if isinstance(wrappee, tuple):
        return tuple(wrap(one, like=like) for one in wrappee)
    return as_image(wrappee) if isinstance(wrappee, Tensor) else wrappee


def is_pure_tensor(inpt: Any) -> bool:
    """Whether this is a tensor that does not say what it is."""
    return isinstance(inpt, Tensor) and not isinstance(inpt, TVTensor)


def __getattr__(name: str) -> Any:
    if name in _NOT_HERE:
        raise AttributeError(
            f"tv_tensors.{name} is not supported: of tv_tensors there is Image; transform masks and boxes by hand, "
            "with the functions of transforms.v2.functional"
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has Image, TVTensor, wrap")
