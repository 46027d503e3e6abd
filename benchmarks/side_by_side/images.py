"""Images to load: real ones from a folder of datasets, or synthetic ones of the same kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from .loading_cases import PIPELINES

CIFAR_FILE = "cifar.npy"
FOLDERS = {"imagenette": "imagenette2-160/train/*/*.JPEG", "scenes": "scenes15/train/*/*.jpg"}
MODES = {"imagenette": "RGB", "scenes": "L"}


def prepare_images(folder: Path, data: Path | None) -> tuple[dict[str, list[str]], str]:
    """Where the images of each kind are, and a sentence about them.

    Args:     folder: to write into.
              data: with CIFAR-10, Imagenette and 15-Scenes as their owners lay them out; None makes images up.
    Returns:  for "cifar" one .npy file (N, 32, 32, 3), for the others JPEG files.
    """
    counts = {pipeline.images: pipeline.count for pipeline in PIPELINES.values()}
    if data is None:
        np.save(folder / CIFAR_FILE, np.stack([np.asarray(made_up(32, i)) for i in range(counts["cifar"])]))
        files = {kind: write_made_up(folder / kind, kind, counts[kind]) for kind in FOLDERS}
        told = "Images are synthetic: coarse noise made smooth, and fine noise."
    else:
        from minitorch_cv.vision.datasets import CIFAR10

        np.save(folder / CIFAR_FILE, np.asarray(CIFAR10(data).data)[: counts["cifar"]])
        files = {kind: choose_files(data, pattern, counts[kind]) for kind, pattern in FOLDERS.items()}
        told = "Images are those of CIFAR-10, Imagenette (128×128 JPEG) and 15-Scenes (JPEG, shorter side 128)."
    return {"cifar": [str(folder / CIFAR_FILE)], **files}, told


def choose_files(data: Path, pattern: str, count: int) -> list[str]:
    """So many files, from all over the folder."""
    found = sorted(data.glob(pattern))
    if len(found) < count:
        raise FileNotFoundError(f"{data}/{pattern}: {len(found)} files, expected at least {count}")
    return [str(found[i * len(found) // count]) for i in range(count)]


def made_up(size: int, seed: int, mode: str = "RGB") -> Image.Image:
    """A picture as smooth and as noisy as a photograph, roughly."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).resize((size, size), Image.Resampling.BICUBIC)
    noisy = np.asarray(coarse, np.float32) + rng.normal(0, 8, (size, size, 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).convert(mode)


def write_made_up(folder: Path, kind: str, count: int) -> list[str]:
    """So many JPEG files of 128×128."""
    folder.mkdir(parents=True)
    paths = [folder / f"{i:05}.jpg" for i in range(count)]
    for i, path in enumerate(paths):
        made_up(128, i, MODES[kind]).save(path, quality=90)
    return [str(path) for path in paths]
