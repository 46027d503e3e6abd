"""Where published weights lie on this machine, and how they get there.

A file is looked for in the folder that the environment variable MINITORCH_CV_HOME names, in that one's `weights`, and
where PyTorch keeps its own: `hub.get_dir()/checkpoints`, by default `~/.cache/torch/hub/checkpoints`. A download goes
to `$MINITORCH_CV_HOME/weights`, or, without that variable, to PyTorch's folder, so that both libraries have the file.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlparse

from ...utils.checksum import Checksum
from ...utils.download import fetch_file
from ...utils.hub_folder import get_dir

_SHA256_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.\w+$")  # resnet18-f37072fd.pth, as PyTorch names its files


def weights_folders() -> list[Path]:
    """Where weights are looked for, in this order."""
    return [*_own_folders(), Path(get_dir()) / "checkpoints"]


def _own_folders() -> list[Path]:
    home = os.environ.get("MINITORCH_CV_HOME")
    return [Path(home).expanduser(), Path(home, "weights").expanduser()] if home else []


def weights_file(
    url: str,
    model_dir: str | os.PathLike | None = None,
    file_name: str | None = None,
    progress: bool = True,
    check: bool = True,
) -> Path:
    """The file of weights that is published at `url`, fetched if it is not on this machine.

    Args:     model_dir: the only folder to look in and to fetch to.
              file_name: its name here; by default that at the publisher's.
              progress: show a bar on stderr while it is fetched.
              check: also if it is here: compare it with the beginning of its sha256, which is part of its name.
    Raises:   RuntimeError: if it is here and not what was published, or cannot be fetched. ValueError: if it is to be
                fetched and the url does not tell its sha256.
    """
    published = Path(urlparse(url).path).name
    name = file_name or published
    digest = _SHA256_IN_NAME.search(published)
    checksum = Checksum("sha256", digest[1]) if digest else None
    folders = [Path(model_dir)] if model_dir is not None else weights_folders()
    for folder in folders:
        path = folder / name
        if path.is_file():
            if check and checksum is not None and not checksum.fits(path):
                raise RuntimeError(
                    f"{path} is damaged, or is another file than {url}: its sha256 begins with {checksum.of(path)}, "
                    f"expected {checksum.digest}. Delete or move it to have it fetched; to take it as it is, give "
                    "weights= its path"
                )
            return path
    if checksum is None:
        raise ValueError(f"{url}: expected a name that ends with the file's sha256, as in resnet18-f37072fd.pth")
    goal = folders[1] if model_dir is None and _own_folders() else folders[0]
    return fetch_file([url], goal / name, checksum, progress=progress)
