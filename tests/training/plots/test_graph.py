"""plot_graph: the same nodes and edges as PyTorch's graph, and a layout in which nothing overlaps."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.training.plots import plot_graph
from minitorch_cv.training.plots.graph import graph_figure, read_graph
from minitorch_cv.training.plots.graph_layout import lay_out
from tests.training.plots.figures import texts


def small_model(lib):
    """A residual network of one block, with a normalisation."""

    class Small(lib.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = lib.nn.Conv2d(2, 2, 3, padding=1)
            self.norm = lib.nn.BatchNorm2d(2)
            self.head = lib.nn.Parameter(lib.ones(2 * 4 * 4, 3))

        def forward(self, x):
            x = lib.nn.functional.relu(self.norm(self.conv(x)) + self.conv(x))
            return (x.flatten(1) @ self.head).sum()

    return Small()


def edges_of(graph):
    """How often an edge leads from one name to another; shapes left out."""
    names = [label.split("\n")[0] for label in graph.labels]
    return Counter((names[a], names[b]) for a, b in graph.edges)


def edges_of_torch(output, parameters):
    names = {id(p): name for name, p in parameters.items()}
    name = lambda node: names.get(id(node.variable), "leaf") if hasattr(node, "variable") else node.name()
    found, seen, waiting = Counter([(name(output.grad_fn), "output")]), {output.grad_fn}, [output.grad_fn]
    while waiting:
        node = waiting.pop()
        for other, _ in node.next_functions:
            if other is not None:
                found[name(other), name(node)] += 1
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
    return found


def test_nodes_and_edges_are_those_of_pytorch():
    ours, theirs = small_model(mt), small_model(torch)
    mine = ours(mt.ones(1, 2, 4, 4))
    reference = theirs(torch.ones(1, 2, 4, 4))
    graph = read_graph(mine, dict(ours.named_parameters()))
    assert edges_of(graph) == edges_of_torch(reference, dict(theirs.named_parameters()))


def test_shapes_and_names_are_written():
    model = mt.nn.Linear(3, 2)
    x = mt.ones(4, 3, requires_grad=True)
    figure = graph_figure(model(x).mean(), dict(model.named_parameters()), "A layer")
    found = texts(figure)
    assert {"A layer", "weight\n2 × 3", "bias\n2", "leaf\n4 × 3", "MeanBackward0\nscalar", "output\nscalar"} <= set(
        found
    )
    assert {"AddmmBackward0\n4 × 2"} <= set(found)
    height = {t.get_text(): t.get_position()[1] for t in figure.axes[0].texts}
    assert height["output\nscalar"] < height["MeanBackward0\nscalar"] < height["AddmmBackward0\n4 × 2"]
    assert height["AddmmBackward0\n4 × 2"] < height["bias\n2"]


def test_a_file(tmp_path):
    model = small_model(mt)
    assert plot_graph(model(mt.ones(1, 2, 4, 4)), tmp_path / "graph.svg").stat().st_size > 1000


def test_edges_go_down_and_nothing_overlaps():
    rng = np.random.default_rng(0)
    widths = rng.uniform(0.3, 2, 40)
    edges = [(a, b) for b in range(1, 40) for a in rng.choice(b, min(b, 2), replace=False).tolist()]
    layout = lay_out(widths, edges)
    for (a, b), path in zip(edges, layout.paths):
        assert layout.layer[a] < layout.layer[b]
        assert [level for _, level in path] == list(range(layout.layer[a], layout.layer[b] + 1))
        assert path[0][0] == layout.x[a] and path[-1][0] == layout.x[b]
    for level in range(layout.layer.max() + 1):
        row = np.flatnonzero(layout.layer == level)
        row = row[np.argsort(layout.x[row])]
        gaps = np.diff(layout.x[row]) - (widths[row][:-1] + widths[row][1:]) / 2
        assert (gaps > 0.19).all()
    assert layout.x.min() >= 0 and (layout.x + widths / 2).max() <= layout.width + 1e-9


def test_a_chain_is_straight():
    layout = lay_out([1.0, 0.5, 2.0], [(0, 1), (1, 2)])
    np.testing.assert_allclose(layout.x, 1.0)
    assert layout.width == pytest.approx(2.0) and layout.layer.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("error", "make", "match"),
    [
        (TypeError, lambda: 3.0, "output is a float; expected a tensor"),
        (ValueError, lambda: mt.ones(2), "output has no grad_fn: it is a leaf"),
        (ValueError, lambda: sum(mt.ones(1, requires_grad=True) for _ in range(60)), "more than 80 nodes, too many"),
    ],
)
def test_bad_input(tmp_path, error, make, match):
    with pytest.raises(error, match=f"plot_graph: .*{match}"):
        plot_graph(make(), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
