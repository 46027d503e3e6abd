"""Images turned, moved, sheared, seen from the side, and distorted."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....nn import functional as nn
from ....tensors.creation import ones_like
from ....tensors.tensor import Tensor
from ....types.dtype import from_numpy
from ....types.size import Size
from ..interpolation_mode import PIL_NUMBERS, InterpolationMode, interpolation_mode
from .conversion import pil_to_tensor, to_pil_image
from .grids import affine_grid, identity_grid, perspective_grid, rotated_size
from .images import (
    as_batch,
    back_to,
    check_pil_image,
    check_tensor_image,
    get_dimensions,
    is_pil_image,
    out_of_batch,
    pixels_of,
)
from .padding import pil_fill

if TYPE_CHECKING:
    from PIL.Image import Image

Fill = float | Sequence[float] | None


def rotate(
    img: Image | Tensor,
    angle: float,
    interpolation: InterpolationMode = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[float] | None = None,
    fill: Fill = None,
) -> Any:
    """Turn an image.

    Args:     img: PIL image, or tensor (..., C, H, W), which gradients do not go through.
              angle: in degrees, counter-clockwise.
              interpolation: for tensors NEAREST or BILINEAR.
              expand: give the result the size that holds all of the turned image, turned about its middle.
              center: (x, y) from the left upper corner; the middle by default.
              fill: what comes in from outside the image: a number, or one for each channel; None for 0.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """
    mode = interpolation_mode(interpolation)
    if not isinstance(angle, (int, float)):
        raise TypeError(f"Argument angle should be int or float, got {type(angle)}")
    _check_center(center)
    if not isinstance(img, Tensor):
        pil_image = check_pil_image(img)
        return pil_image.rotate(angle, PIL_NUMBERS[mode], expand, center, fillcolor=pil_fill(fill, pil_image))
    _check_tensor("rotate", img, mode, fill)
    size = _size(img)
    matrix = inverse_affine_matrix(_from_middle(center, size), -angle, (0.0, 0.0), 1.0, (0.0, 0.0))
    out_size = rotated_size(matrix, size) if expand else size
    return _sampled(img, affine_grid(matrix, size, out_size, _float_of(img)), mode, fill)


def affine(
    img: Image | Tensor,
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: float | Sequence[float],
    interpolation: InterpolationMode = InterpolationMode.NEAREST,
    fill: Fill = None,
    center: Sequence[float] | None = None,
) -> Any:
    """Turn, enlarge, shear and move an image, which keeps its size.

    Args:     img: PIL image, or tensor (..., C, H, W), which gradients do not go through.
              angle: in degrees, clockwise.
              translate: (to the right, down), in pixels, after all else.
              scale: factor, above 0.
              shear: in degrees, clockwise: along x, or (along x, along y).
              interpolation, fill, center: as rotate's.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """
    mode = interpolation_mode(interpolation)
    if not isinstance(angle, (int, float)):
        raise TypeError(f"Argument angle should be int or float, got {type(angle)}")
    if not isinstance(translate, (list, tuple)):
        raise TypeError(f"Argument translate should be a sequence, got {type(translate)}")
    if len(translate) != 2:
        raise ValueError(f"Argument translate should be a sequence of length 2, got {translate}")
    if scale <= 0:
        raise ValueError(f"Argument scale should be positive, got {scale}")
    shears = _shears(shear)
    _check_center(center)
    if not isinstance(img, Tensor):
        check_pil_image(img)
        middle = (img.width * 0.5, img.height * 0.5) if center is None else center
        matrix = inverse_affine_matrix(middle, angle, translate, scale, shears)
        return _transform_pil_image(img, "AFFINE", matrix, mode, fill)
    _check_tensor("affine", img, mode, fill)
    size = _size(img)
    matrix = inverse_affine_matrix(_from_middle(center, size), angle, translate, scale, shears)
    return _sampled(img, affine_grid(matrix, size, size, _float_of(img)), mode, fill)


def perspective(
    img: Image | Tensor,
    startpoints: Sequence[Sequence[int]],
    endpoints: Sequence[Sequence[int]],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    fill: Fill = None,
) -> Any:
    """An image seen from the side, so that four points of it come to lie elsewhere.

    Args:     img: PIL image, or tensor (..., C, H, W), which gradients do not go through.
              startpoints, endpoints: four times [x, y]: where the points lie and where they are to lie; mostly the
                  corners, from the left upper one on clockwise.
              interpolation, fill: as rotate's.
    Raises:   TypeError, ValueError: for arguments that are not of this form, and for points on one line.
    """
    coeffs = perspective_coeffs(startpoints, endpoints)
    mode = interpolation_mode(interpolation)
    if not isinstance(img, Tensor):
        return _transform_pil_image(check_pil_image(img), "PERSPECTIVE", coeffs, mode, fill)
    _check_tensor("perspective", img, mode, fill)
    return _sampled(img, perspective_grid(coeffs, _size(img), _float_of(img)), mode, fill)


def elastic_transform(
    img: Image | Tensor,
    displacement: Tensor,
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    fill: Fill = None,
) -> Any:
    """An image each pixel of which comes from somewhat elsewhere.

    Args:     img: PIL image, or tensor (..., C, H, W), which gradients do not go through.
              displacement: (1, H, W, 2), how far to the right and down each pixel comes from, 2 being the whole image.
              interpolation: NEAREST or BILINEAR.
              fill: as rotate's.
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """
    mode = interpolation_mode(interpolation)
    if not isinstance(displacement, Tensor):
        raise TypeError(f"Argument displacement should be a Tensor, got {type(displacement)}")
    if not isinstance(img, Tensor):
        if not is_pil_image(img):
            raise TypeError(f"img should be PIL Image or Tensor. Got {type(img)}")
        distorted = elastic_transform(pil_to_tensor(img), displacement, mode, fill)
        return to_pil_image(distorted, mode=img.mode)
    _check_tensor("elastic_transform", img, mode, fill)
    expected = Size((1, *_size(img), 2))
    if displacement.shape != expected:
        raise ValueError(f"Argument displacement shape should be {expected}, but given {displacement.shape}")
    grid = identity_grid(_size(img)) + pixels_of("elastic_transform", displacement)[0]
    return _sampled(img, grid, mode, fill)


def inverse_affine_matrix(
    center: Sequence[float], angle: float, translate: Sequence[float], scale: float, shear: Sequence[float]
) -> list[float]:
    """Two rows of the matrix that leads from a pixel of the result to where in the image it comes from.

    The way there: shear by y, then by x, turn, enlarge, all about the center, then move. This is the way back.
    """
    turn, shear_x, shear_y = (math.radians(degrees) for degrees in (angle, *shear))
    (cx, cy), (tx, ty) = center, translate
    cos, sin = math.cos(turn - shear_y) / math.cos(shear_y), math.sin(turn - shear_y) / math.cos(shear_y)
    a, b = cos, -math.cos(turn - shear_y) * math.tan(shear_x) / math.cos(shear_y) - math.sin(turn)
    c, d = sin, -math.sin(turn - shear_y) * math.tan(shear_x) / math.cos(shear_y) + math.cos(turn)
    # turning and shearing keep areas: [[a, b], [c, d]] has determinant 1
    rows = [[d / scale, -b / scale], [-c / scale, a / scale]]
    return [
        number
        for (to_x, to_y), middle in zip(rows, (cx, cy))
        for number in (to_x, to_y, to_x * (-cx - tx) + to_y * (-cy - ty) + middle)
    ]


def perspective_coeffs(startpoints: Sequence[Sequence[int]], endpoints: Sequence[Sequence[int]]) -> list[float]:
    """The numbers a to h that lead back from each endpoint to its startpoint (grids.perspective_grid).

    Raises:   ValueError: unless there are four points, no three of them on one line.
    """
    if len(startpoints) != 4 or len(endpoints) != 4:
        raise ValueError(
            f"Please provide exactly four corners, got {len(startpoints)} startpoints and {len(endpoints)} endpoints."
        )
    equations = []
    for (u, v), (x, y) in zip(endpoints, startpoints):
        equations += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
    try:
        coeffs = np.linalg.solve(np.array(equations, np.float64), np.array(startpoints, np.float64).reshape(8))
    except np.linalg.LinAlgError:
        raise ValueError(
            f"perspective: no map leads from {list(startpoints)} to {list(endpoints)}; three of the points lie on one "
            "line"
        ) from None
    return coeffs.astype(np.float32).tolist()


def _shears(shear: Any) -> Sequence[float]:
    if not isinstance(shear, (numbers.Number, list, tuple)):
        raise TypeError(f"Shear should be either a single value or a sequence of two values, got {type(shear)}")
    if isinstance(shear, numbers.Number):
        return shear, 0.0  # type: ignore[return-value]
    if len(shear) == 1:
        return shear[0], shear[0]
    if len(shear) != 2:
        raise ValueError(f"Shear should be a sequence containing two values. Got {shear}")
    return shear


def _check_center(center: Any) -> None:
    if center is not None and not isinstance(center, (list, tuple)):
        raise TypeError(f"Argument center should be a sequence, got {type(center)}")


def _check_tensor(op_name: str, img: Tensor, mode: InterpolationMode, fill: Any) -> None:
    check_tensor_image(img)
    channels = get_dimensions(img)[0]
    if isinstance(fill, (tuple, list)):
        if len(fill) not in (1, channels):
            raise ValueError(
                f"{op_name}: The number of elements in 'fill' cannot broadcast to match the number of channels of the "
                f"image ({len(fill)} != {channels})"
            )
    elif fill is not None and not isinstance(fill, (int, float)):
        raise TypeError(f"{op_name}: Argument fill should be either int, float, tuple or list, got {type(fill)}")
    if mode not in (InterpolationMode.NEAREST, InterpolationMode.BILINEAR):
        raise ValueError(
            f"{op_name}: Interpolation mode '{mode.value}' is unsupported with Tensor input; use NEAREST or BILINEAR"
        )


def _size(img: Tensor) -> tuple[int, int]:
    return img.array.shape[-2], img.array.shape[-1]


def _float_of(img: Tensor) -> np.dtype:
    return np.dtype(np.float64 if img.array.dtype == np.float64 else np.float32)


def _from_middle(center: Sequence[float] | None, size: tuple[int, int]) -> tuple[float, float]:
    """A center, counted from the middle of the image."""
    h, w = size
    return (0.0, 0.0) if center is None else (center[0] - w * 0.5, center[1] - h * 0.5)


def _sampled(img: Tensor, grid: np.ndarray, mode: InterpolationMode, fill: Fill) -> Tensor:
    """What the image shows at the places of a grid (height, width, 2).

    As in torchvision: where the image ends, bilinear mixes what it has read, which is darker there already, with `fill`
    by the share of the image in it.
    """
    batch = as_batch(img).to(from_numpy(grid.dtype))
    places = Tensor.wrap(np.broadcast_to(grid, (len(batch), *grid.shape)))
    sampled = nn.grid_sample(batch, places, mode.value, align_corners=False)
    if fill is not None:
        share = nn.grid_sample(ones_like(batch[:1, :1]), places[:1], mode.value, align_corners=False)
        colours = np.array([fill] if isinstance(fill, (int, float)) else fill, grid.dtype)
        sampled = sampled * share + (1 - share) * Tensor.wrap(colours.reshape(-1, 1, 1))
    return back_to(img.dtype, out_of_batch(sampled, img))


def _transform_pil_image(img: Image, kind: str, numbers: Sequence[float], mode: InterpolationMode, fill: Fill) -> Image:
    from PIL.Image import Transform

    return img.transform(img.size, Transform[kind], numbers, PIL_NUMBERS[mode], fillcolor=pil_fill(fill, img))
