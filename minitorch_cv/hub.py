"""torch.hub: the folder of downloaded weights. Models do not come from repositories, whose code would need PyTorch."""

from __future__ import annotations

from typing import Any, NoReturn

from .serialization import load as load_file
from .utils.hub_folder import get_dir, set_dir

__all__ = ["get_dir", "load", "load_state_dict_from_url", "set_dir"]


def load(repo_or_dir: str, model: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Raise NotImplementedError: a repository's code is written for PyTorch itself."""
    raise NotImplementedError(
        f"hub.load({repo_or_dir!r}, {model!r}): minitorch_cv does not run code from repositories. For the models of "
        f"vision.models write models.{model}(weights=...); for others copy the model's code into your script and load "
        "its weights with torch.load"
    )


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> Any:
    """What a published file holds: it is fetched if it is not on this machine (torch.hub.load_state_dict_from_url).

    Args:     url: whose name ends with the beginning of the file's sha256, as resnet18-f37072fd.pth; what is fetched is
                compared with it.
              model_dir: the folder to look in and to fetch to; by default those where models look for theirs.
              map_location: the CPU.
              progress: show a bar while it is fetched.
              check_hash: compare a file that is here with its sha256 too.
              file_name: its name on this machine.
              weights_only: without effect: nothing in a file is ever run.
    Raises:   RuntimeError: if it is not what was published, or cannot be fetched. ValueError: if it is to be fetched
                and the url does not tell its sha256.
    """
    from .vision.models.weights_files import weights_file

    return load_file(weights_file(url, model_dir, file_name, progress, check_hash), map_location=map_location)
