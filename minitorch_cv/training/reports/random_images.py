"""The section of images drawn at random: what the model says of them, right or wrong."""

from __future__ import annotations

import numpy as np

from .. import plots
from ..metrics.numbers import softmax
from .failures import NO_ARRAYS
from .markup import element
from .page import LeftOut, Section
from .pictures import drawn
from .run_files import RunRecord
from .wording import counted, whole

_SHOWN = 10


def random_images(run: RunRecord) -> Section | LeftOut:
    """Ten images of the split with what they are and what the model took them for."""
    title, arrays = "Images drawn at random", run.arrays
    if arrays is None or arrays.images is None or arrays.image_index is None or arrays.random_index is None:
        return LeftOut(title, NO_ARRAYS if arrays is None else "predictions.npz has no images drawn at random.")
    images = arrays.images
    place = {sample: i for i, sample in enumerate(arrays.image_index.tolist())}
    samples = arrays.random_index[:_SHOWN].tolist()
    scores, targets = arrays.scores[samples], arrays.targets[samples]
    how_sure = ""
    if run.task == "multilabel":
        known = ~np.isnan(arrays.known[samples])  # the others do not count, and are not shown
        names = [
            [[run.classes[i] for i in np.flatnonzero(row)] for row in rows & known]
            for rows in (targets.astype(bool), scores > 0)
        ]
        true, predicted, confidence = names[0], names[1], None
        text = "all attributes are right"
        right = sum(one == other for one, other in zip(*names, strict=True))
    else:
        how_sure = " and how sure the model was"
        true, predicted = targets.tolist(), scores.argmax(axis=1).tolist()
        confidence = softmax(scores).max(axis=1)
        text = "the class is right"
        right = int((targets == scores.argmax(axis=1)).sum())
    text = f"Of {counted(len(samples), 'image')} of {whole(len(arrays.scores))}, drawn at random, {text} for {right}."
    picture = drawn(
        lambda path: plots.plot_predictions(
            images[[place[sample] for sample in samples]],
            path,
            true,
            predicted,
            confidence,
            run.classes,
            columns=5,
        ),
        f"{text} Each with what was predicted and what is true if that is something else{how_sure}.",
    )
    return Section(title, "random-images", [element("p", text), picture])
