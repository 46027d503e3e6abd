"""Images in rows and columns, each with a caption below: what the pictures of predictions are made of."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import SMALL, WIDTH, draw, heading, letters, new_figure, shorten
from .inputs import as_images, check_lengths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Inches. The room is dealt out here and not by matplotlib, whose layouts take seconds for a hundred images.
_MARGIN, _GAP = 0.1, 0.12
LINE = 1.3 * SMALL / 72
_TALLEST = 1.5  # height to width of the place for an image; taller ones are made narrower


@dataclass
class Tile:
    """An image, (H, W) or (H, W, 3), the lines below it, and the colour of its frame (None: a thin grey one)."""

    image: np.ndarray
    lines: Sequence[str] = ()
    color: str | None = None


def contact_sheet(
    images: Any, captions: Sequence[str] | None, path: str | Path, columns: int = 8, title: str = ""
) -> Path:
    """Draw images in rows, each with its caption.

    Args:     images: (N, H, W, C), (N, C, H, W) or (N, H, W), uint8 or floats in [0, 1], grey or RGB; or a list of PIL
                images, arrays or tensors, which may differ in size.
              captions: N texts, broken into up to three lines; None for none.
              path: of the picture; its folder is made if need be.
    Returns:  the path.
    Raises:   ValueError: if there are no images, they are none, or captions and images are not as many.
    """
    return draw(path, contact_sheet_figure, images, captions, columns, title)


def contact_sheet_figure(images: Any, captions: Sequence[str] | None, columns: int, title: str) -> Figure:
    """The figure of `contact_sheet`."""
    pictures = as_images("contact_sheet", images)
    texts = [""] * len(pictures) if captions is None else [str(caption) for caption in captions]
    check_lengths("contact_sheet", images=len(pictures), captions=len(texts))
    width = letters_in("contact_sheet", len(pictures), columns)
    tiles = [Tile(picture, wrapped(text, width)) for picture, text in zip(pictures, texts)]
    return tile_figure(tiles, columns, title)


def used_columns(operation: str, count: int, columns: int) -> int:
    """How many columns `count` images take; a single one does not fill the page.

    Raises:   ValueError: if columns is not 1 to 20.
    """
    if not 1 <= columns <= 20:
        raise ValueError(f"{operation}: {columns} columns; expected 1 to 20")
    return min(columns, max(count, 4))


def letters_in(operation: str, count: int, columns: int) -> int:
    """How many letters a line below an image has room for."""
    return letters(_cell(used_columns(operation, count, columns), WIDTH - 2 * _MARGIN))


def wrapped(text: str, width: int, most: int = 3) -> list[str]:
    """A text in at most `most` lines, with … where something is left out."""
    lines = [
        shorten(line, width) for line in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    ]
    return lines if len(lines) <= most else [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), width)]


def tile_figure(tiles: Sequence[Tile], columns: int, title: str = "") -> Figure:
    """Tiles in reading order."""
    columns = used_columns("tile_figure", len(tiles), columns)
    return rows_figure([tiles[start : start + columns] for start in range(0, len(tiles), columns)], columns, title)


def rows_figure(
    rows: Sequence[Sequence[Tile]],
    columns: int,
    title: str = "",
    labels: Sequence[str] | None = None,
    label_width: float = 1.9,
) -> Figure:
    """A row for each list of tiles, with a text of several lines before it if there are labels.

    Args:     label_width: inches for the labels.
    """
    left = _MARGIN + (0.0 if labels is None else label_width)
    cell = _cell(columns, WIDTH - left - _MARGIN)
    pictures = [cell * min(max(_tallness(tile) for tile in row), _TALLEST) if row else cell for row in rows]
    captions = [max((len(tile.lines) for tile in row), default=0) * LINE + 0.06 + _GAP for row in rows]
    text = heading(title)
    top = _MARGIN + (0.22 * (text.count("\n") + 1) if title else 0.0)
    height = top + sum(pictures) + sum(captions)
    figure = new_figure(WIDTH, height, layout=None)
    if title:
        figure.text(0.5, 1 - _MARGIN / height, text, ha="center", va="top", fontsize=11)
    bottom = height - top  # of the row, in inches from the figure's
    for i, (row, picture, caption) in enumerate(zip(rows, pictures, captions)):
        bottom -= picture
        if labels is not None:
            figure.text(_MARGIN / WIDTH, (bottom + picture / 2) / height, labels[i], va="center", fontsize=SMALL + 0.5)
        for j, tile in enumerate(row):
            x = left + j * (cell + _GAP)
            _add(figure, tile, (x / WIDTH, bottom / height, cell / WIDTH, picture / height))
            for k, line in enumerate(tile.lines):
                y = bottom - 0.06 - k * LINE
                figure.text((x + cell / 2) / WIDTH, y / height, line, ha="center", va="top", fontsize=SMALL)
        bottom -= caption
    return figure


def _tallness(tile: Tile) -> float:
    return tile.image.shape[0] / tile.image.shape[1]


def _cell(columns: int, room: float) -> float:
    return (room - (columns - 1) * _GAP) / columns


def _add(figure: Figure, tile: Tile, place: tuple[float, float, float, float]) -> None:
    axes: Any = figure.add_axes(place, anchor="S")
    axes.imshow(tile.image, cmap="gray", vmin=0, vmax=255 if tile.image.dtype == np.uint8 else 1)
    axes.set(xticks=(), yticks=())
    for spine in axes.spines.values():
        spine.set(visible=True, color=tile.color or "#AAAAAA", linewidth=2.5 if tile.color else 0.5)
