"""torch.nn.utils.rnn: sequences of different lengths as one tensor."""

from __future__ import annotations

from collections.abc import Iterable

from ...ops.joining import stack
from ...tensors.tensor import Tensor
from .. import functional as F

__all__ = ["pad_sequence"]


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences, lengthened to that of the longest, in one tensor.

    Args:     sequences: (L, ...) each, of different L; all in the first one's dtype.
              padding_side: "right", behind a sequence, or "left".
    Returns:  (T, B, ...) with the longest T; (B, T, ...) with `batch_first`.
    Raises:   RuntimeError: for no sequences, other sides, or sequences that differ in more than their length.
              TypeError: for sequences that are no tensors.
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    given = list(sequences)
    if not given:
        raise RuntimeError("pad_sequence: received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"pad_sequence: Expected padding_side to be one of left or right, but got {padding_side}.")
    for place, sequence in enumerate(given):
        if not isinstance(sequence, Tensor):
            raise TypeError(
                f"pad_sequence: expected Tensor as element {place} in argument 0, but got {type(sequence).__name__}; "
                "make it one with torch.tensor"
            )
    rest = given[0].shape[1:]
    for sequence in given:
        if sequence.ndim == 0 or sequence.shape[1:] != rest:
            raise RuntimeError(
                f"pad_sequence: sequences may differ in their first dimension only, got {given[0].shape} and "
                f"{sequence.shape}"
            )
    longest = max(len(sequence) for sequence in given)
    padded = []
    for sequence in given:
        missing = longest - len(sequence)
        ends = (0, missing) if padding_side == "right" else (missing, 0)
        padded.append(F.pad(sequence.to(given[0].dtype), (0, 0) * len(rest) + ends, "constant", padding_value))
    return stack(tuple(padded), 0 if batch_first else 1)  # type: ignore[return-value]
