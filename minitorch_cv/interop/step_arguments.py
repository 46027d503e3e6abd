"""Arguments as PyTorch and ONNX take them, worked out from what an operation keeps of its own."""

from __future__ import annotations

from string import ascii_letters

from .program import Step

Numbers = list[int]


def einsum_equation(step: Step) -> str:
    """The equation of an Einsum, whose labels are any objects, with a letter for each label."""
    labels, output = step.settings["labels"], step.settings["output"]
    letters = dict(zip(dict.fromkeys([label for each in labels for label in each]), ascii_letters))
    return ",".join("".join(letters[x] for x in each) for each in labels) + "->" + "".join(letters[x] for x in output)


def transposed_settings(step: Step) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Stride, padding, output_padding and dilation of a TransposedConvolution."""
    s = step.settings
    own = slice(2 - s["form"].spatial, None)
    window = s["window"]
    padding = [side[0] for side in window.padding_by_side[own]]
    after, before = s["output_size"][own], step.inputs[0].shape[-s["form"].spatial :]  # type: ignore[union-attr]
    sizes = zip(after, before, window.stride[own], padding, window.dilation[own], window.size[own])
    extra = [out - ((n - 1) * s - 2 * p + d * (k - 1) + 1) for out, n, s, p, d, k in sizes]
    return list(window.stride[own]), padding, extra, list(window.dilation[own])
