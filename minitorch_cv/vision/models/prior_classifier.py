"""A last part for networks that are fine-tuned on classes some of which they know already."""

from __future__ import annotations

from collections.abc import Sequence

from ... import nn
from ...nn.functional import softmax
from ...tensors.creation import zeros
from ...tensors.tensor import Tensor


class PriorClassifier(nn.Module):
    """What the old last layer says of each new class, in log-odds, and what a new layer learns to add to that.

    A new last layer has to learn every class from its examples. Where there are few, the old one knows more: ImageNet's
    classifiers have seen a thousand motorbikes, a data set of one's own perhaps five. The score of a new class is

        scale * log(p / (1 - p)) + new(x),    p = the sum of softmax(old(x)) over the old classes that belong to it,

    and new(x) alone for a class to which none belongs.

    Args:     old: the last layer as it was, to scores (N, old_classes) or maps of one pixel.
              new: a layer with the same inputs, to scores of the new classes.
              known: for each new class the indices of the old classes that belong to it; none for one that is unknown.
              old_classes: how many classes the old layer has.
              scale: how much the old layer counts: 1 to believe what it says, 0 for not at all.
    Raises:   IndexError: for an index that is none of the old classes. ValueError: when called, if a layer gives other
                numbers of scores than there are classes.

    >>> from minitorch_cv import ones
    >>> old, new = nn.Linear(4, 5), nn.Linear(4, 2)
    >>> PriorClassifier(old, new, known=[[0, 3], []], old_classes=5)(ones(1, 4)).shape
    torch.Size([1, 2])
    """

    membership: Tensor  # 1 where an old class (row) belongs to a new one (column)
    is_known: Tensor

    def __init__(
        self,
        old: nn.Module,
        new: nn.Module,
        known: Sequence[Sequence[int]],
        old_classes: int = 1000,
        scale: float = 0.5,
    ) -> None:
        super().__init__()
        self.old, self.new, self.scale = old, new, scale
        self.register_buffer("membership", zeros(old_classes, len(known)))
        for column, indices in enumerate(known):
            for index in indices:
                if not 0 <= index < old_classes:
                    raise IndexError(f"PriorClassifier: known[{column}] has {index}, expected 0 to {old_classes - 1}")
                self.membership[index, column] = 1
        self.register_buffer("is_known", self.membership.sum(0).clamp(max=1))

    def extra_repr(self) -> str:
        """The scale."""
        return f"scale={self.scale}"

    def forward(self, x: Tensor) -> Tensor:
        """What both layers take, to (N, len(known))."""
        # SqueezeNet's last layer gives its scores as maps of one pixel.
        before, learnt = self.old(x).flatten(1), self.new(x)
        expected = self.membership.shape
        if (before.shape[-1], learnt.shape[-1]) != tuple(expected):
            raise ValueError(
                f"PriorClassifier: old gives {before.shape[-1]} scores and new {learnt.shape[-1]}, expected "
                f"{expected[0]} (old_classes) and {expected[1]} (the classes of known)"
            )
        # Certainty is bounded: 0 and 1 would have infinite log-odds.
        p = (softmax(before, dim=1) @ self.membership).clamp(1e-6, 1 - 1e-6)
        return learnt + self.scale * self.is_known * (p / (1 - p)).log()
