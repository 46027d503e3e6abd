"""What the functions of torchvision's models have in common: the arguments that ask for trained weights.

Each is called as in torchvision: `weights` must be None and the older `pretrained` False, as no trained weights come
with the library; `progress` is without effect, as there is nothing to download; all else goes to the model's class.
"""

from __future__ import annotations

from typing import Any


def without_weights(name: str, weights: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings for the class of model `name`.

    Args:     settings: what the function was given beside weights and progress.
    Raises:   NotImplementedError: if trained weights are asked for.
    """
    pretrained = settings.pop("pretrained", False)
    if weights is not None or pretrained:
        raise NotImplementedError(
            f"{name}: trained weights do not come with this library (weights={weights!r}, pretrained={pretrained}); "
            "load torchvision's, which have the same names: model.load_state_dict(load(path_of_its_pth_file))"
        )
    return settings
