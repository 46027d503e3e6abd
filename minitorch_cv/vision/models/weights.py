"""Published weights as torchvision lists them: an enum for each model, a member for each file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ...serialization import load
from .weights_files import weights_file


@dataclass
class Weights:
    """A file of weights, and what one must know to use it.

    Args:     url: where its publisher has it.
              transforms: called without arguments, makes what turns an image into the model's input.
              meta: "categories", the names of the classes; "num_params", "min_size", "recipe", and the results that
                its publisher measured.
    """

    url: str
    transforms: Callable[..., Any]
    meta: dict[str, Any]


class WeightsEnum(Enum):
    """The files of weights of one model; each member's value is a `Weights`, and `DEFAULT` the best of them."""

    @classmethod
    def verify(cls, obj: Any) -> Any:
        """The member that a name means; a member itself and None are given back.

        Args:     obj: a name may have the class's before it: "IMAGENET1K_V1" or "ResNet18_Weights.IMAGENET1K_V1".
        Raises:   KeyError: if there is no such name. TypeError: for a member of another model's weights.
        """
        if obj is None or isinstance(obj, cls):
            return obj
        if not isinstance(obj, str):
            raise TypeError(
                f"Invalid Weight class provided; expected {cls.__name__} but received {type(obj).__name__}."
            )
        name = obj.removeprefix(f"{cls.__name__}.")
        if name not in cls.__members__:
            raise KeyError(f"{cls.__name__} has no {name}; there are {', '.join(cls.__members__)}")
        return cls[name]

    def get_state_dict(
        self,
        model_dir: str | os.PathLike | None = None,
        map_location: Any = None,
        progress: bool = True,
        check_hash: bool = False,
        file_name: str | None = None,
    ) -> dict[str, Any]:
        """The tensors by name, from the file if the user has it, else from the publisher (weights_files.py).

        Args:     model_dir: where the file is looked for and put, in the place of the usual folders.
                  map_location: as for `load`.
                  progress: show the progress of a download on stderr.
                  check_hash: check a file that was there already, too; what is downloaded is always checked.
                  file_name: the file's name, if it is not the one that it has at the publisher's.
        Raises:   RuntimeError: if the file cannot be had, or is not what its publisher made.
        """
        return load(weights_file(self.url, model_dir, file_name, progress, check_hash), map_location)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return getattr, (type(self), self.name)  # by name: copies of a value need not equal it

    @property
    def url(self) -> str:
        """Where its publisher has the file."""
        return self.value.url

    @property
    def transforms(self) -> Callable[..., Any]:
        """Called without arguments, makes what turns an image into the model's input."""
        return self.value.transforms

    @property
    def meta(self) -> dict[str, Any]:
        """The names of the classes ("categories"), and what else is known of the weights."""
        return self.value.meta
