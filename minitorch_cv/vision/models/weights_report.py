"""What to say of a file whose weights are not those of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Shape = tuple[int, ...]

_SHOWN = 3


def describe_misfit(
    what: str,
    missing: Sequence[str],
    unexpected: Sequence[str],
    shapes: Mapping[str, tuple[Shape, Shape]],
    of_head: Sequence[str],
) -> str:
    """The first keys that do not fit, and what may be the reason.

    Args:     what: names the model and the file.
              missing: keys that only the model has.
              unexpected: keys that only the file has.
              shapes: of keys whose tensors have other shapes: in the file and in the model.
              of_head: the keys of the model's last layer.
    """
    other = [f"{key} ({theirs} in the file, {ours} in the model)" for key, (theirs, ours) in shapes.items()]
    lines = [f"{what} does not fit the model:"]
    if missing:
        lines.append(f"  not in the file: {_first(missing)}")
    if unexpected:
        lines.append(f"  not in the model: {_first(unexpected)}")
    if other:
        lines.append(f"  of another shape: {_first(other)}")
    return "\n".join([*lines, _reason(missing, unexpected, shapes, of_head)])


def _first(keys: Sequence[str]) -> str:
    more = len(keys) - _SHOWN
    return ", ".join(keys[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _reason(
    missing: Sequence[str],
    unexpected: Sequence[str],
    shapes: Mapping[str, tuple[Shape, Shape]],
    of_head: Sequence[str],
) -> str:
    """What probably happened, and what to do."""
    if shapes and not missing and not unexpected and set(shapes) <= set(of_head):
        theirs, ours = next(iter(shapes.values()))
        return (
            f"The file's last layer has {theirs[0]} classes: give num_classes={theirs[0]} to have it, or "
            f"num_classes={ours[0]} to leave the model's random"
        )
    prefix = unexpected[0].partition(".")[0] + "." if unexpected else ""
    # Files of old need not have the numbers of batches: they are not told as missing.
    own = {key for key in unexpected if not key.endswith(".num_batches_tracked")}
    if missing and {f"{prefix}{key}" for key in missing} == own and all(key.startswith(prefix) for key in unexpected):
        return (
            f"The file's keys begin with {prefix!r}: make the model without weights and load_state_dict("
            f"{{key.removeprefix({prefix!r}): value for key, value in load(path).items()}})"
        )
    if set(missing) <= set(of_head):
        return (
            "The file is of a model with another last layer: make the model without weights, give it that layer, and "
            "call its load_state_dict"
        )
    return "Is it the file of another model?"
