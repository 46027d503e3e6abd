"""torch.nn.utils: clipping gradients, a model's parameters as one vector; freezing layers, and their rates."""

from .clip_grad import clip_grad_norm, clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from .convert_parameters import parameters_to_vector, vector_to_parameters
from .freeze import freeze, unfreeze
from .groups import parameter_groups

__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "freeze",
    "get_total_norm",
    "parameter_groups",
    "parameters_to_vector",
    "unfreeze",
    "vector_to_parameters",
]
