"""plot_embedding: PCA against its definition, t-SNE by what it promises, classes by colour and marker."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.training.plots import plot_embedding
from minitorch_cv.training.plots.embedding import embed, embedding_figure
from tests.checks import normal
from tests.training.plots.figures import texts

NAMES = [f"class {i}" for i in range(10)]


def clusters(classes, each, dimensions=6):
    """Features in well separated clusters, and their classes."""
    labels = np.repeat(np.arange(classes), each)
    return (20 * normal(classes, dimensions)[labels] + normal(len(labels), dimensions, seed=1)).astype(
        np.float32
    ), labels


def test_pca_is_the_projection_on_the_directions_of_most_variance():
    rows = normal(30, 5) * [3, 1, 5, 0.5, 2]
    points, labels = embed(rows, "pca", 0)
    centred = rows - rows.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred)
    expected = centred @ directions[:, [4, 3]]
    np.testing.assert_allclose(np.abs(points), np.abs(expected), atol=1e-10)
    shares = variances[::-1] / variances.sum()
    assert labels == tuple(f"component {i + 1}, {100 * shares[i]:.1f} % of the variance" for i in range(2))


def test_one_feature_is_a_line():
    points, labels = embed(np.arange(6.0)[:, None], "pca", 0)
    assert (points[:, 1] == 0).all() and labels[1] == "component 2, 0.0 % of the variance"
    assert embed(np.arange(6.0)[:, None] ** 2, "tsne", 0)[0].shape == (6, 2)


def test_tsne_keeps_neighbours_together_and_repeats_itself():
    rows, labels = clusters(3, 12)
    points, axis_labels = embed(rows.astype(np.float64), "tsne", 3)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2) + np.diag(np.full(len(points), np.inf))
    assert (labels[distances.argmin(axis=1)] == labels).all()
    assert axis_labels == ("t-SNE 1 / arbitrary units", "t-SNE 2 / arbitrary units")
    np.testing.assert_array_equal(points, embed(rows.astype(np.float64), "tsne", 3)[0])


def test_classes_differ_in_colour_and_marker():
    rows, labels = clusters(10, 3)
    figure = embedding_figure(rows, labels, NAMES, method="pca")
    groups = figure.axes[0].collections
    assert [group.get_label() for group in groups] == NAMES
    assert [len(group.get_offsets()) for group in groups] == [3] * 10
    assert len({tuple(group.get_facecolor()[0]) for group in groups}) == 10
    assert len({group.get_paths()[0].vertices.tobytes() for group in groups}) == 8
    assert {"30 samples", *NAMES} <= set(texts(figure))


def test_many_classes_have_a_scale_or_groups():
    rows, labels = clusters(30, 2)
    names = [f"c{i}" for i in range(30)]
    scale = embedding_figure(rows, labels, names, "Deep", "pca")
    np.testing.assert_array_equal(scale.axes[0].collections[0].get_array(), labels)
    assert {"c0", "c29", "class", "Deep"} <= set(texts(scale))
    grouped = embedding_figure(rows, labels, names, method="pca", superclasses=["b", "a", "c"] * 10)
    assert [g.get_label() for g in grouped.axes[0].collections] == ["a", "b", "c"]
    expected = embed(rows.astype(np.float64), "pca", 0)[0][labels % 3 == 1]
    np.testing.assert_array_equal(grouped.axes[0].collections[0].get_offsets(), expected)


def test_of_too_many_samples_some_are_chosen():
    rows, labels = clusters(2, 50)
    figure = embedding_figure(rows, labels, ["a", "b"], method="pca", max_samples=20)
    assert sum(len(group.get_offsets()) for group in figure.axes[0].collections) == 20


@pytest.mark.parametrize(
    ("error", "change", "match"),
    [
        (ValueError, {"method": "umap"}, "no method 'umap'; there are 'tsne' and 'pca'"),
        (ValueError, {"features": np.zeros((4, 2, 2))}, r"features of shape \(4, 2, 2\); expected \(N, D\)"),
        (ValueError, {"features": normal(3, 2)}, "3 features, 4 targets"),
        (ValueError, {}, "4 samples; 'tsne' needs at least 5"),
        (ValueError, {"features": np.full((4, 2), np.nan), "method": "pca"}, "some features are infinite or NaN"),
        (ValueError, {"features": np.ones((4, 2)), "method": "pca"}, "the features of all samples are the same"),
        (ValueError, {"superclasses": ["a"], "method": "pca"}, "2 classes, 1 superclasses"),
        (ValueError, {"max_samples": 4, "method": "pca"}, "max_samples is 4, expected at least 5"),
        (IndexError, {"targets": [0, 1, 2, 0]}, r"targets\[2\] is 2; expected 0 to 1"),
    ],
)
def test_bad_input(tmp_path, error, change, match):
    given = {"features": normal(4, 2), "targets": [0, 1, 1, 0], "classes": ["a", "b"], "path": tmp_path / "a.png"}
    with pytest.raises(error, match=f"plot_embedding: {match}"):
        plot_embedding(**{**given, **change})
    assert list(tmp_path.iterdir()) == []
