"""What a convolution looks for, and what it finds: its filters, and its feature maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics.numbers import as_array
from .canvas import WIDTH, draw, heading, new_figure
from .tiles import Tile, tile_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_FILTERS = 256
_MOST_OF_EACH = 16  # filters and channels, where each channel has an image of its own
_COLUMNS = 16


def plot_filters(weight: Any, path: str | Path, title: str = "") -> Path:
    """Draw the filters of a convolution. Grey is zero, and each filter is scaled by its largest weight.

    Args:     weight: (O, 3, kh, kw): a colour image for each filter; (O, 1, kh, kw): a grey one; (O, C, kh, kw): a row
                for each filter with a grey image for each channel. The first 256 filters, or 16 with 16 channels.
              path: of the picture; its folder is made if need be.
    Returns:  the path.
    Raises:   ValueError: if the shape is another, or a weight is not finite.
    """
    return draw(path, filters_figure, weight, title)


def filters_figure(weight: Any, title: str = "") -> Figure:
    """The figure of `plot_filters`."""
    array = as_array(weight)
    if array.ndim != 4 or not array.size:
        raise ValueError(f"plot_filters: a weight of shape {array.shape}; expected (O, C, kh, kw)")
    if not np.isfinite(array).all():
        raise ValueError("plot_filters: some weights are infinite or NaN")
    filters, channels = array.shape[:2]
    by_channel = channels not in (1, 3)
    array = array[: _MOST_OF_EACH if by_channel else _MOST_FILTERS, : _MOST_OF_EACH if by_channel else channels]
    largest = np.abs(array).max(axis=(1, 2, 3), keepdims=True)
    shown = 0.5 + 0.5 * array.astype(np.float64) / np.where(largest > 0, largest, 1)
    if by_channel:
        columns = array.shape[1]
        tiles = shown.reshape(-1, *shown.shape[2:], 1)
        labels = ("channel", "filter")
    else:
        columns = min(len(array), _COLUMNS, max(8, len(array) // 6))
        tiles = shown.transpose(0, 2, 3, 1)
        labels = ("filter", "") if len(array) <= columns else ("filter, counted from the left", "first of the row")
    rows = -(-len(tiles) // columns)
    mosaic = _mosaic(tiles, rows, columns)
    kh, kw = array.shape[2] + 1, array.shape[3] + 1  # with the gap
    width = max(5.8, min(WIDTH, 1.3 + 0.7 * columns))  # the text above takes 5.5 inches
    figure = new_figure(width, 1.2 + (width - 1) * mosaic.shape[0] / mosaic.shape[1])
    axes: Any = figure.add_subplot()
    axes.imshow(mosaic, interpolation="nearest", cmap="gray", vmin=0, vmax=1)
    axes.set_xticks((np.arange(columns) + 0.5) * kw - 0.5, range(columns))
    axes.set_yticks((np.arange(rows) + 0.5) * kh - 0.5, [row if by_channel else row * columns for row in range(rows)])
    if not labels[1]:
        axes.set_yticks(())
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set(xlabel=labels[0], ylabel=labels[1])
    axes.set_title(_what_is_shown(array.shape[:2], (filters, channels)), fontsize=8.5)
    figure.suptitle(heading(title or "Filters", width))
    return figure


def _what_is_shown(shown: tuple[int, ...], there: tuple[int, int]) -> str:
    parts = []
    for few, many, name in zip(shown, there, ("filter", "channel")):
        counted = f"the first {few} of {many}" if few < many else f"{many}"
        parts.append(f"{counted} {name}{'' if many == 1 else 's'}")
    return " × ".join(parts) + "; grey is 0, each filter scaled by its largest weight"


def _mosaic(tiles: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """(N, kh, kw, C) tiles in rows on white, with white lines between; RGB or, for C = 1, grey."""
    _, height, width, channels = tiles.shape
    mosaic = np.ones((rows * (height + 1), columns * (width + 1), channels))
    for i, tile in enumerate(tiles):
        y, x = i // columns * (height + 1), i % columns * (width + 1)
        mosaic[y : y + height, x : x + width] = tile
    return mosaic if channels == 3 else mosaic[..., 0]


def plot_feature_maps(maps: Any, path: str | Path, title: str = "", count: int = 16) -> Path:
    """Draw the feature maps of one image, each from its least value (dark) to its greatest (bright); both are written.

    Args:     maps: (C, H, W) or (1, C, H, W).
              path: of the picture; its folder is made if need be.
              count: the first so many are drawn.
    Returns:  the path.
    Raises:   ValueError: if the shape is another, a value is not finite, or count is less than 1.
    """
    return draw(path, feature_maps_figure, maps, title, count)


def feature_maps_figure(maps: Any, title: str = "", count: int = 16) -> Figure:
    """The figure of `plot_feature_maps`."""
    import matplotlib

    array = as_array(maps)
    array = array[0] if array.ndim == 4 and len(array) == 1 else array
    if array.ndim != 3 or not array.size:
        raise ValueError(f"plot_feature_maps: maps of shape {as_array(maps).shape}; expected (C, H, W) or (1, C, H, W)")
    if not np.isfinite(array).all():
        raise ValueError("plot_feature_maps: some values are infinite or NaN")
    if count < 1:
        raise ValueError(f"plot_feature_maps: count is {count}, expected at least 1")
    colors = matplotlib.colormaps["viridis"]
    tiles = []
    for i, one in enumerate(array[:count].astype(np.float64)):
        low, high = one.min(), one.max()
        scaled = (one - low) / (high - low) if high > low else np.zeros_like(one)
        tiles.append(Tile(colors(scaled)[..., :3], [f"channel {i}", f"{low:.2g} to {high:.2g}"]))
    few = f"the first {len(tiles)} of {len(array)} channels" if len(tiles) < len(array) else f"{len(array)} channels"
    what = f"{few}, {array.shape[1]} × {array.shape[2]}; dark: the least value, bright: the greatest"
    return tile_figure(tiles, 8, f"{title or 'Feature maps'}\n{what}")
