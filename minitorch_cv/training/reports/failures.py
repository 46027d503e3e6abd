"""The section of a run's mistakes: images that it was sure about and wrong."""

from __future__ import annotations

import numpy as np

from .. import plots
from .markup import element
from .page import LeftOut, Section
from .pictures import drawn
from .run_files import RunRecord
from .wording import counted, whole

NO_ARRAYS = "there is no predictions.npz."
_SHOWN = 16


def failures(run: RunRecord) -> Section | LeftOut:
    """The mistakes that the model was most sure of; in multi-label runs a mistake is one attribute of an image."""
    title, arrays = "Failed cases", run.arrays
    if arrays is None or arrays.images is None or arrays.image_index is None:
        return LeftOut(title, NO_ARRAYS if arrays is None else "predictions.npz has no images.")
    images, index = arrays.images, arrays.image_index
    if run.task == "multilabel":
        targets = arrays.known
        count = ~np.isnan(targets)
        wrong = ((arrays.scores > 0) != arrays.targets) & count
        text = (
            f"Wrong are {counted(int(wrong.sum()), 'attribute')} of {whole(int(count.sum()))}, in "
            f"{whole(int(wrong.any(axis=1).sum()))} of {counted(len(wrong), 'sample')}. An attribute is said to be "
            "there if its score is above 0, a probability of one half."
        )
    else:
        targets = arrays.targets
        wrong = arrays.scores.argmax(axis=1) != targets
        text = (
            f"{counted(int(wrong.sum()), 'sample')} of {whole(len(wrong))} "
            f"{'was' if wrong.sum() == 1 else 'were'} taken for another class."
        )
    if not wrong.any():
        return LeftOut(title, f"there is none among {counted(len(wrong), 'sample')}.")
    if not wrong[index].any():
        return LeftOut(title, "the run kept no images of them.")
    text += (
        f" Shown are those that the model was most sure of, among the {counted(len(index), 'image')} that the run kept."
    )
    picture = drawn(
        lambda path: plots.plot_failures(
            images, arrays.scores, targets, path, run.classes, count=_SHOWN, image_index=index
        ),
        f"{counted(min(_SHOWN, int(wrong[index].sum())), 'mistake')}: each image with what is true, what was predicted "
        "and how sure the model was.",
    )
    return Section(title, "failures", [element("p", text), picture])
