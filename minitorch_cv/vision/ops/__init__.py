"""Operations on boxes, their losses, and blocks of layers: torchvision.ops, under its names there."""

from .box_losses import distance_box_iou_loss, generalized_box_iou_loss
from .box_overlap import box_iou, distance_box_iou, generalized_box_iou
from .boxes import box_area, box_convert, clip_boxes_to_image, masks_to_boxes, remove_small_boxes
from .conv_norm_activation import Conv2dNormActivation
from .focal_loss import sigmoid_focal_loss
from .frozen_batch_norm import FrozenBatchNorm2d
from .mlp import MLP
from .permute import Permute
from .squeeze_excitation import SqueezeExcitation
from .stochastic_depth import StochasticDepth, stochastic_depth
from .suppression import batched_nms, nms

__all__ = [
    "Conv2dNormActivation",
    "FrozenBatchNorm2d",
    "MLP",
    "Permute",
    "SqueezeExcitation",
    "StochasticDepth",
    "batched_nms",
    "box_area",
    "box_convert",
    "box_iou",
    "clip_boxes_to_image",
    "distance_box_iou",
    "distance_box_iou_loss",
    "generalized_box_iou",
    "generalized_box_iou_loss",
    "masks_to_boxes",
    "nms",
    "remove_small_boxes",
    "sigmoid_focal_loss",
    "stochastic_depth",
]
