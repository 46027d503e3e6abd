"""torch.nn: layers, and what they are made of.

One import for each file, its names again in __all__: that is all it takes to add a layer.
"""

from . import init, utils
from .containers import ModuleDict, ModuleList, Sequential
from .module import Module
from .parameter import Buffer, Parameter
from .parameter_containers import ParameterDict, ParameterList
from .shape import Flatten, Identity, Unflatten

__all__ = [
    "Buffer",
    "Flatten",
    "Identity",
    "Module",
    "ModuleDict",
    "ModuleList",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "Sequential",
    "Unflatten",
    "init",
    "utils",
]
