"""The base of the v2 transforms: which parts of a sample are transformed, all with one draw."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from ....nn.module import Module
from ....tensors.tensor import Tensor
from ....types.random_source import current_source
from ...tv_tensors import Image, is_pure_tensor, wrap
from ..functional import get_dimensions
from ..functional.images import is_pil_image
from .nested import leaves_of, with_leaves

Kind = type | Callable[[Any], bool]


def is_of(obj: Any, kinds: tuple[Kind, ...]) -> bool:
    """Whether an object is of one of the types, or passes one of the tests."""
    return any(isinstance(obj, kind) if isinstance(kind, type) else kind(obj) for kind in kinds)


class Transform(Module):
    """A transform of samples: an image, (image, label), a dict, several arguments, in whatever nesting.

    Images are PIL images and `tv_tensors.Image`. If a sample has neither, its first tensor is the image. Other tensors,
    numbers, texts and all else pass through as they are. All images of a sample get the same draw.

    A subclass of your own defines `transform(inpt, params)`, which is called for each image, and, if it draws anything,
    `make_params(flat_inputs)`, which is called once and returns a dict; `check_inputs(flat_inputs)` may raise.
    """

    _transformed_types: tuple[Kind, ...] = (Tensor, is_pil_image)
    shown: tuple[str, ...] = ()

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        """Raise if a sample, given as the list of what lies in it, cannot be transformed."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """What is drawn once for all images, which are given."""
        return {}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """What becomes of an image.

        Raises:   NotImplementedError: if a subclass does not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define transform(inpt, params)")

    def forward(self, *inputs: Any) -> Any:
        """The sample with its images transformed."""
        if not inputs:
            raise TypeError(
                f"{type(self).__name__}() takes a sample: an image, (image, label), a dict ...; got nothing"
            )
        sample = inputs if len(inputs) > 1 else inputs[0]
        leaves = leaves_of(sample)
        self.check_inputs(leaves)
        return self._with_images_transformed(sample, leaves)

    def _with_images_transformed(self, sample: Any, leaves: list[Any]) -> Any:
        chosen = self._needs_transform_list(leaves)
        params = self.make_params([leaf for leaf, wanted in zip(leaves, chosen) if wanted])
        results = [self.transform(leaf, params) if wanted else leaf for leaf, wanted in zip(leaves, chosen)]
        return with_leaves(sample, iter(results))

    def _needs_transform_list(self, flat_inputs: list[Any]) -> list[bool]:
        """For each part of a sample whether it is transformed."""
        take_tensor = not any(isinstance(leaf, Image) or is_pil_image(leaf) for leaf in flat_inputs)
        chosen = []
        for leaf in flat_inputs:
            wanted = is_of(leaf, self._transformed_types)
            if wanted and is_pure_tensor(leaf):
                wanted, take_tensor = take_tensor, False
            chosen.append(wanted)
        return chosen

    def extra_repr(self) -> str:
        """The settings: public attributes that are numbers, texts, sequences or names of an enumeration."""
        settings = {name: getattr(self, name) for name in self.shown} or self.__dict__
        return ", ".join(
            f"{name}={value}"
            for name, value in settings.items()
            if not name.startswith("_")
            and name != "training"
            and isinstance(value, (bool, int, float, str, tuple, list, enum.Enum))
        )


class OfOneImage(Transform):
    """A transform of samples made of one of single images, which stands behind it among the bases.

    If a sample has several images, each is transformed with the random source as it was for the first. So they get the
    same draw, whatever it is that the transform draws.

    Attributes:
        one_size: what is drawn depends on the size; so all images must have the same.
        one_image: a sample must have one image and no more.
        pil_images: whether PIL images are transformed.
    """

    one_size = False
    one_image = False
    pil_images = True

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        """Raise if there are PIL images, several images, or none, and that does not go.

        Raises:   TypeError: as told. ValueError: for images of several sizes.
        """
        name = type(self).__name__
        if not self.pil_images and any(map(is_pil_image, flat_inputs)):
            raise TypeError(f"{name}() does not support PIL images. Put ToImage() and ToDtype() before it")
        if not (self.one_size or self.one_image):
            return
        chosen = zip(flat_inputs, self._needs_transform_list(flat_inputs))
        sizes = [tuple(get_dimensions(leaf)[1:]) for leaf, wanted in chosen if wanted]
        if not sizes:
            raise TypeError(f"{name}: no image was found in the sample")
        if self.one_image and len(sizes) > 1:
            raise TypeError(
                "Auto augment transformations are only properly defined for a single image or video, but found "
                f"{len(sizes)}."
            )
        if len(set(sizes)) > 1:
            raise ValueError(f"Found multiple HxW dimensions in the sample: {', '.join(map(str, sorted(set(sizes))))}")

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """The state of the random source, where it is needed more than once."""
        return {"state": current_source().state() if len(flat_inputs) > 1 else None}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """What the transform of single images makes of it."""
        if params["state"] is not None:
            current_source().restore(params["state"])
        return wrap(self.of_one_image(inpt), like=inpt)

    def of_one_image(self, inpt: Any) -> Any:
        """What the class behind this one does with an image."""
        return super(Transform, self).forward(inpt)

    def __repr__(self) -> str:
        return Module.__repr__(self)


class OfSomeImages(OfOneImage):
    """The same for a transform that only some images go through, with probability p.

    Raises:   ValueError: if p is no probability.
    """

    def checked_probability(self, p: float) -> float:
        """p, if it is a probability."""
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"`p` should be a floating point value in the interval [0.0, 1.0], got {p}.")
        return p
