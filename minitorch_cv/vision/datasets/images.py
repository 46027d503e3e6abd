"""Image files: which endings they have, and how one is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def has_file_allowed_extension(filename: str, extensions: str | Sequence[str]) -> bool:
    """Whether a name ends with one of the (lowercase) extensions, in whatever case."""
    return filename.lower().endswith(extensions if isinstance(extensions, str) else tuple(extensions))


def is_image_file(filename: str) -> bool:
    """Whether a name ends as those of images do."""
    return has_file_allowed_extension(filename, IMG_EXTENSIONS)


def default_loader(path: str | Path) -> Image:
    """An image file as a PIL image of mode RGB.

    Raises:   PIL.UnidentifiedImageError: naming the file, if it is no image, or is damaged or cut off.
              OSError: if it is not there, or cannot be opened.
    """
    return _read_image(path, "RGB")


def grey_loader(path: str | Path) -> Image:
    """An image file as a PIL image of mode L. Errors are `default_loader`'s."""
    return _read_image(path, "L")


def raw_loader(path: str | Path) -> Image:
    """An image file as a PIL image of its own mode: P for most masks. Errors are `default_loader`'s."""
    return _read_image(path, None)


def _read_image(path: str | Path, mode: str | None) -> Image:
    from PIL import Image, UnidentifiedImageError

    with open(path, "rb") as file:
        try:
            image = Image.open(file)
            image.load()
            return image if mode is None else image.convert(mode)
        except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:  # Pillow's own
            raise UnidentifiedImageError(
                f"{path} cannot be read as an image: {error}. If it was downloaded, delete it and get it again; if it "
                "is no image, take it out of the dataset's folder"
            ) from error
