"""Features of many numbers, laid into a plane: PCA, or t-SNE."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics.numbers import as_array
from .canvas import COLORS, MARKERS, WIDTH, draw, heading, new_figure, shorten
from .inputs import check_lengths, class_names, class_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLORS = (*COLORS, "#882255", "#999999")  # with the markers, ten classes that differ in both
_LEGEND_UP_TO = 24  # classes (or groups of them) that are told apart by colour and marker
_PERPLEXITY = 30  # of t-SNE: about how many neighbours of a point count
_REDUCED_TO = 50  # dimensions that PCA leaves for t-SNE, as van der Maaten and Hinton do


def plot_embedding(
    features: Any,
    targets: Any,
    classes: Sequence[str],
    path: str | Path,
    title: str = "",
    method: str = "tsne",
    seed: int = 0,
    max_samples: int = 2000,
    superclasses: Sequence[str] | None = None,
) -> Path:
    """Draw the features of samples as points in a plane, coloured by class.

    Args:     features: (N, D), as `layer_features` gives them.
              targets: (N,) class numbers.
              classes: K names. Up to 24 stand in a legend; of more, a scale names some.
              path: of the picture; its folder is made if need be.
              method: "tsne", which keeps neighbours together and nothing else, or "pca", directions of most variance.
              seed: of the choice of samples and of t-SNE.
              max_samples: so many are drawn at most, chosen at random.
              superclasses: the group of each class (K names); the points are then coloured by group.
    Returns:  the path.
    Raises:   ValueError: if shapes do not fit, features are not finite or all the same, there are fewer than 5 samples
                for t-SNE (2 for PCA), or there is no such method. IndexError: if a target is no class.
    Source:   van der Maaten and Hinton 2008 (t-SNE).
    """
    return draw(path, embedding_figure, features, targets, classes, title, method, seed, max_samples, superclasses)


def embedding_figure(
    features: Any,
    targets: Any,
    classes: Sequence[str],
    title: str = "",
    method: str = "tsne",
    seed: int = 0,
    max_samples: int = 2000,
    superclasses: Sequence[str] | None = None,
) -> Figure:
    """The figure of `plot_embedding`."""
    names = class_names("plot_embedding", classes)
    labels = class_numbers("plot_embedding", "targets", targets, len(names))
    rows = _rows(features, len(labels), method)
    if max_samples < 5:
        raise ValueError(f"plot_embedding: max_samples is {max_samples}, expected at least 5")
    if superclasses is not None:
        check_lengths("plot_embedding", classes=len(names), superclasses=len(superclasses))
        groups = sorted(set(map(str, superclasses)))
        labels = np.array([groups.index(str(group)) for group in superclasses])[labels]
        names = groups
    if len(rows) > max_samples:
        chosen = np.sort(np.random.default_rng(seed).choice(len(rows), max_samples, replace=False))
        rows, labels = rows[chosen], labels[chosen]
    points, axis_labels = embed(rows, method, seed)
    figure = new_figure(WIDTH, 5.6)
    axes: Any = figure.add_subplot()
    axes.set(xlabel=axis_labels[0], ylabel=axis_labels[1])
    axes.grid(alpha=0.2)
    size = float(np.clip(9000 / len(points), 9, 45))  # square points: few points are large ones
    if len(names) <= _LEGEND_UP_TO:
        for number in np.unique(labels):
            own = points[labels == number]
            color, marker = _COLORS[number % len(_COLORS)], MARKERS[(number + number // len(_COLORS)) % len(MARKERS)]
            axes.scatter(
                *own.T, s=size, color=color, marker=marker, linewidths=0, alpha=0.8, label=shorten(names[number], 24)
            )
        figure.legend(loc="outside right upper", frameon=False, markerscale=max(1.0, (30 / size) ** 0.5))
    else:
        shown = axes.scatter(*points.T, s=size, c=labels, cmap="viridis", vmin=0, vmax=len(names) - 1, linewidths=0)
        ticks = np.unique(np.linspace(0, len(names) - 1, 15).round().astype(int))
        bar: Any = figure.colorbar(shown, ax=axes, label="class")
        bar.set_ticks(ticks, labels=[shorten(names[i], 20) for i in ticks])
    figure.suptitle(heading(title or f"{len(points):,} samples"))
    return figure


def embed(rows: np.ndarray, method: str, seed: int) -> tuple[np.ndarray, tuple[str, str]]:
    """(N, D) float64 features as (N, 2) points, and what the two axes are."""
    from sklearn.decomposition import PCA

    dimensions = min(rows.shape)
    pca = PCA(min(dimensions, 2 if method == "pca" else _REDUCED_TO), random_state=seed)
    reduced = pca.fit_transform(rows)
    if method == "pca":
        shares = [*pca.explained_variance_ratio_, 0.0][:2]
        first, second = (f"component {i}, {100 * share:.1f} % of the variance" for i, share in enumerate(shares, 1))
        return np.pad(reduced, ((0, 0), (0, 2 - reduced.shape[1]))), (first, second)
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
    start = "pca" if reduced.shape[1] >= 2 else "random"
    tsne = TSNE(2, perplexity=perplexity, init=start, random_state=seed)
    with threadpool_limits(1):  # several threads wait for each other at every step: slower unless all cores are free
        points = tsne.fit_transform(reduced.astype(np.float32))
    return points, ("t-SNE 1 / arbitrary units", "t-SNE 2 / arbitrary units")


def _rows(features: Any, samples: int, method: str) -> np.ndarray:
    if method not in ("tsne", "pca"):
        raise ValueError(f"plot_embedding: no method {method!r}; there are 'tsne' and 'pca'")
    rows = as_array(features)
    if rows.ndim != 2 or not rows.shape[1]:
        raise ValueError(f"plot_embedding: features of shape {rows.shape}; expected (N, D)")
    check_lengths("plot_embedding", features=len(rows), targets=samples)
    least = 5 if method == "tsne" else 2
    if samples < least:
        raise ValueError(f"plot_embedding: {samples} samples; {method!r} needs at least {least}")
    if not np.isfinite(rows).all():
        raise ValueError("plot_embedding: some features are infinite or NaN")
    if not np.ptp(rows, axis=0).any():
        raise ValueError("plot_embedding: the features of all samples are the same")
    return rows.astype(np.float64)
