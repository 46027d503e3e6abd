"""torch.hub: the folder of downloaded weights. Models do not come from repositories, whose code would need PyTorch."""

from __future__ import annotations

from typing import Any, NoReturn

from .utils.hub_folder import get_dir, set_dir

__all__ = ["get_dir", "load", "set_dir"]


def load(repo_or_dir: str, model: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Raise NotImplementedError: a repository's code is written for PyTorch itself."""
    raise NotImplementedError(
        f"hub.load({repo_or_dir!r}, {model!r}): minitorch_cv does not run code from repositories. For the models of "
        f"vision.models write models.{model}(weights=...); for others copy the model's code into your script and load "
        "its weights with torch.load"
    )
