"""What tests read from a figure: its texts, ticks, lines; images and scores to draw."""

from __future__ import annotations

import numpy as np
from matplotlib.text import Text


def texts(figure):
    """All that is written in a figure, ticks too, as it would be drawn."""
    figure.draw_without_rendering()
    return [t.get_text() for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


def ticks(axis):
    """The labels of an axis."""
    return [label.get_text() for label in axis.get_ticklabels()]


def images(count, height=6, width=8, seed=0):
    """(N, H, W, 3) uint8."""
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), dtype=np.uint8)


def frames(figure):
    """The colours of the images' frames, in order."""
    from matplotlib.colors import to_hex

    return [to_hex(axes.spines["left"].get_edgecolor()).upper() for axes in figure.axes]


def shown_images(figure):
    """The arrays of all images in a figure."""
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes if axes.images]


def logits(predicted, classes, sure=4.0):
    """(N, K) scores: `sure` (a number or N of them) for the predicted class, 0 for the others."""
    scores = np.zeros((len(predicted), classes), np.float32)
    scores[np.arange(len(predicted)), predicted] = sure
    return scores


BLUE, VERMILION = "#0072B2", "#D55E00"
