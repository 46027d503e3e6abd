"""MixUp and CutMix: transforms that mix the images of a batch, and their labels with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ...nn.functional import one_hot
from ...nn.module import Module
from ...tensors.tensor import Tensor
from ...types.random_source import current_source

LabelsGetter = Callable[[Any], Any]


class _Mix(Module):
    """What both have in common: every image is mixed with the one before it in the batch, the first with the last.

    Args:     alpha: of the Beta(alpha, alpha) distribution that the share of the image itself is drawn from, once for
                a batch: 1 makes all shares equally likely, less makes those near 0 and 1 so.
              num_classes: of labels that are class indices.
              labels_getter: takes the input, gives its labels; "default" looks in its second item, or, of a dict, for
                the key "labels" or one like it.
    Raises:   ValueError: for alpha <= 0, or a labels_getter of another kind.
    """

    def __init__(
        self, *, alpha: float = 1.0, num_classes: int | None = None, labels_getter: LabelsGetter | str = "default"
    ) -> None:
        super().__init__()
        if not alpha > 0:
            raise ValueError(f"{type(self).__name__}: alpha must be more than 0, got {alpha}")
        if labels_getter != "default" and not callable(labels_getter):
            raise ValueError(f"labels_getter should either be 'default' or a callable, but got {labels_getter}.")
        self.alpha = float(alpha)
        self.num_classes = num_classes
        self._labels_getter: LabelsGetter = labels_getter if callable(labels_getter) else _find_labels

    def forward(self, *inputs: Any) -> Any:
        """The batch, mixed.

        Args:     inputs: images (N, C, H, W) of a floating-point dtype and labels, class indices (N,) or probabilities
                    (N, K); as two arguments, or one list, tuple or dict. More items are passed on.
        Returns:  the same structure, with probabilities (N, K) for labels.
        Raises:   ValueError: for images or labels of another shape, and for PIL images.
        """
        batch = inputs if len(inputs) > 1 else inputs[0]
        labels = self._labels_getter(batch)
        self._check_labels(labels)
        images = self._images_beside(labels, batch)
        params = self.make_params(images)

        def mixed(leaf: Any) -> Any:
            if leaf is labels:
                return self._mix_labels(leaf, params)
            return self.transform(leaf, params) if leaf is images else leaf

        return _mapped(mixed, batch)

    def make_params(self, images: Tensor) -> dict[str, Any]:
        """What is drawn for one batch."""
        raise NotImplementedError

    def transform(self, images: Tensor, params: dict[str, Any]) -> Tensor:
        """The images, mixed."""
        raise NotImplementedError

    def _draw_share(self) -> float:
        return float(current_source().numpy.beta(self.alpha, self.alpha))

    def _check_labels(self, labels: Any) -> None:
        if not isinstance(labels, Tensor):
            raise ValueError(f"The labels must be a tensor, but got {type(labels)} instead.")
        if labels.ndim not in (1, 2):
            raise ValueError(
                "labels should be index based with shape (batch_size,) or probability based with shape (batch_size, "
                f"num_classes), but got a tensor of shape {labels.shape} instead."
            )
        if labels.ndim == 2 and self.num_classes is not None and labels.shape[-1] != self.num_classes:
            raise ValueError(
                "When passing 2D labels, the number of elements in last dimension must match num_classes: "
                f"{labels.shape[-1]} != {self.num_classes}. You can Leave num_classes to None."
            )
        if labels.ndim == 1 and self.num_classes is None:
            raise ValueError("num_classes must be passed if the labels are index-based (1D)")

    def _images_beside(self, labels: Tensor, batch: Any) -> Tensor:
        """The first other tensor in the batch."""
        leaves = _leaves(batch)
        if not any(leaf is labels for leaf in leaves):
            raise ValueError(f"{type(self).__name__}: labels_getter gave a tensor that is not in the input itself")
        images = next((leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf is not labels), None)
        if images is None:
            raise ValueError(f"{type(self).__name__}() needs a tensor of images (N, C, H, W): put ToTensor() before it")
        if images.ndim != 4:
            raise ValueError(f"Expected a batched input with 4 dims, but got {images.ndim} dimensions instead.")
        if len(images) != len(labels):
            raise ValueError(
                "The batch size of the image or video does not match the batch size of the labels: "
                f"{len(images)} != {len(labels)}."
            )
        return images

    def _mix_labels(self, labels: Tensor, params: dict[str, Any]) -> Tensor:
        if labels.ndim == 1:
            labels = one_hot(labels, num_classes=self.num_classes)  # type: ignore[arg-type, assignment]
        if not labels.dtype.is_floating_point:
            labels = labels.float()
        return _blend(labels, params["lam"])

    def extra_repr(self) -> str:
        """alpha, and num_classes if given."""
        classes = "" if self.num_classes is None else f", num_classes={self.num_classes}"
        return f"alpha={self.alpha}{classes}"


class MixUp(_Mix):
    """Blends every image of a batch with its neighbour, and their labels in the same shares.

    Use it on batches: in the training loop, or in a `collate_fn`. `CrossEntropyLoss` takes the labels that it gives.
    Each image is blended with the one before it in the batch, the first with the last; the share of the image itself is
    drawn once for a batch, from Beta(alpha, alpha).

        mixup = MixUp(alpha=0.2, num_classes=10)
        loader = DataLoader(dataset, 128, shuffle=True, collate_fn=lambda batch: mixup(*default_collate(batch)))

    Args:     alpha, num_classes, labels_getter: by name only; num_classes may be left out if labels are probabilities.
    Source:   Zhang et al. 2018.

    >>> import minitorch_cv as mt
    >>> images, labels = MixUp(num_classes=3)(mt.zeros(4, 3, 8, 8), mt.tensor([0, 1, 2, 0]))
    >>> labels.shape, round(labels.sum().item(), 4)
    (torch.Size([4, 3]), 4.0)
    """

    def make_params(self, images: Tensor) -> dict[str, Any]:
        """lam: the share of each image itself."""
        return {"lam": self._draw_share()}

    def transform(self, images: Tensor, params: dict[str, Any]) -> Tensor:
        """lam * images + (1 - lam) * their neighbours."""
        if not images.dtype.is_floating_point:
            raise ValueError(
                f"MixUp() needs images of a floating-point dtype, got {images.dtype}; put ToTensor() before"
            )
        return _blend(images, params["lam"])


class CutMix(_Mix):
    """Puts a box of every image's neighbour into it, and mixes their labels by area.

    Use it as MixUp. The neighbour is the image before it in the batch, the last for the first. The box is the same for
    the whole batch: its centre is any pixel, its area 1 - lam of the image's, less what lies outside, lam from
    Beta(alpha, alpha).

    Args:     alpha, num_classes, labels_getter: by name only; num_classes may be left out if labels are probabilities.
    Source:   Yun et al. 2019.
    """

    def make_params(self, images: Tensor) -> dict[str, Any]:
        """box: (left, top, right, bottom) in pixels, the latter two excluded; lam: the area outside of it, of 1."""
        height, width = images.shape[-2:]
        half = 0.5 * math.sqrt(1.0 - self._draw_share())
        rng = current_source().numpy
        x, y = int(rng.integers(width)), int(rng.integers(height))
        half_width, half_height = int(half * width), int(half * height)
        left, top = max(x - half_width, 0), max(y - half_height, 0)
        right, bottom = min(x + half_width, width), min(y + half_height, height)
        lam = 1.0 - (right - left) * (bottom - top) / (width * height)
        return {"box": (left, top, right, bottom), "lam": lam}

    def transform(self, images: Tensor, params: dict[str, Any]) -> Tensor:
        """The images with the box of their neighbours."""
        left, top, right, bottom = params["box"]
        mixed = images.clone()
        mixed[..., top:bottom, left:right] = images[..., top:bottom, left:right].roll(1, 0)
        return mixed


def _blend(values: Tensor, lam: float) -> Tensor:
    """lam * values + (1 - lam) * the values one place further in the batch."""
    return values.roll(1, 0).mul_(1.0 - lam).add_(values.mul(lam))


def _find_labels(batch: Any) -> Any:
    """The second item of a sequence, or in a dict what the key most like "labels" has."""
    found = batch[1] if isinstance(batch, (tuple, list)) and len(batch) > 1 else batch
    if isinstance(found, Tensor):
        return found
    if not isinstance(found, Mapping):
        raise ValueError(
            "When using the default labels_getter, the input passed to forward must be a dictionary or a two-tuple "
            f"whose second item is a dictionary or a tensor, but got {type(found).__name__} instead."
        )
    keys = [key for key in found if isinstance(key, str)]
    alike = [key for key in keys if key.lower() == "labels"] or [key for key in keys if "label" in key.lower()]
    if not alike:
        raise ValueError(
            "Could not infer where the labels are in the sample. Try passing a callable as the labels_getter parameter?"
        )
    return found[alike[0]]


def _leaves(batch: Any) -> list:
    """What lies in nested lists, tuples and dicts, in order."""
    if isinstance(batch, Mapping):
        batch = list(batch.values())
    return [leaf for item in batch for leaf in _leaves(item)] if isinstance(batch, (list, tuple)) else [batch]


def _mapped(function: Callable[[Any], Any], batch: Any) -> Any:
    """The same structure with the function's values in it."""
    if isinstance(batch, Mapping):
        return {key: _mapped(function, value) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(_mapped(function, item) for item in batch))
    if isinstance(batch, (list, tuple)):
        return type(batch)(_mapped(function, item) for item in batch)
    return function(batch)
