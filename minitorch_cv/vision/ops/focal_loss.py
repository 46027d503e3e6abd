"""The focal loss of yes-or-no labels (torchvision.ops.focal_loss)."""

from __future__ import annotations

from ...ops.losses_binary import binary_cross_entropy_with_logits
from ...ops.sigmoids import sigmoid
from ...tensors.tensor import Tensor
from .loss_reduction import check_reduction, reduced


def sigmoid_focal_loss(
    inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Tensor:
    """Binary cross-entropy of logits in which what is right already counts little.

    With p the probability of the right label, an element's loss is -(1 - p)^gamma log(p), times alpha where the label
    is 1 and 1 - alpha where it is 0.

    Args:     inputs: logits, any shape, float32 or float64.
              targets: of the same shape, 0 or 1 as floats.
              alpha: in [0, 1]; -1 for no such factor.
              reduction: "none", "mean" or "sum".
    Raises:   ValueError: for another alpha or reduction, and targets of another shape.
    Source:   Lin et al. 2017, "Focal loss for dense object detection".
    """
    if not 0 <= alpha <= 1 and alpha != -1:
        raise ValueError(f"Invalid alpha value: {alpha}. alpha must be in the range [0,1] or -1 for ignore.")
    check_reduction(reduction)
    p = sigmoid(inputs)
    loss = binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    of_right = p * targets + (1 - p) * (1 - targets)
    loss = loss * (1 - of_right) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return reduced(loss, reduction)
