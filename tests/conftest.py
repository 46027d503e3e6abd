"""torchvision's Python part as a reference beside a torch without torchvision's own operators."""

from __future__ import annotations

import torch

_register_fake = torch.library.register_fake


def _pass_over_torchvision(op, *args, **kwargs):
    """torch.library.register_fake, but for the operators that are compiled into torchvision's binary part."""
    if isinstance(op, str) and op.startswith("torchvision::"):
        return lambda function: function
    return _register_fake(op, *args, **kwargs)


torch.library.register_fake = _pass_over_torchvision
