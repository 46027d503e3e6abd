"""The graph that autograd recorded, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...autograd.node import AccumulateGrad, Node
from ...tensors.tensor import Tensor
from .canvas import SMALL, draw, heading, new_figure, shorten
from .graph_layout import Layout, lay_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST = 80  # nodes
_PITCH, _HEIGHT = 0.56, 0.34  # inches from row to row; of a box
_COLORS = {"leaf": "#CFE8F7", "operation": "#F2F2F2", "output": "#FBE3CF"}


@dataclass
class Graph:
    """Boxes and the edges between them, in the direction of the forward computation."""

    labels: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)

    def add(self, label: str, kind: str) -> int:
        """A box more; returns its number."""
        self.labels.append(label)
        self.kinds.append(kind)
        return len(self.labels) - 1


def plot_graph(
    output: Tensor, path: str | Path, parameters: Mapping[str, Tensor] | None = None, title: str = ""
) -> Path:
    """Draw the graph behind a tensor: what `output.backward()` will walk through, with the shapes that operations made.

    Args:     output: a tensor that requires a gradient, of a model that is not large: up to 80 nodes.
              path: of the picture; its folder is made if need be.
              parameters: names of leaves, such as dict(model.named_parameters()).
    Returns:  the path.
    Raises:   ValueError: if there is no graph, or it is too large. TypeError: if output is no tensor.
    """
    return draw(path, graph_figure, output, parameters, title)


def graph_figure(output: Tensor, parameters: Mapping[str, Tensor] | None = None, title: str = "") -> Figure:
    """The figure of `plot_graph`."""
    graph = read_graph(output, parameters or {})
    widths = [0.2 + 0.068 * max(map(len, label.split("\n"))) for label in graph.labels]
    # leaves stand right above what uses them: the layers are counted from the output
    layout = lay_out(widths, [(b, a) for a, b in graph.edges])
    top = 0.2 + 0.2 * heading(title).count("\n")
    width, height = max(layout.width + 0.3, 5.0), (layout.layer.max() + 1) * _PITCH + top + 0.45
    figure = new_figure(width, height, layout=None)
    axes: Any = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    left = (width - layout.width) / 2
    for number, (a, _) in enumerate(graph.edges):
        _draw_edge(axes, layout, number, left, graph.kinds[a] == "leaf")
    for label, kind, x, layer, box in zip(graph.labels, graph.kinds, layout.x, layout.layer, widths):
        _draw_box(axes, label, kind, left + x, _y(layer), box)
    axes.text(width / 2, height - 0.1, heading(title or "The graph of autograd", width), ha="center", va="top",
              fontsize=11)  # fmt: skip
    axes.text(width / 2, 0.12, "blue: leaves. Arrows: forward; gradients go against them.", ha="center", fontsize=SMALL)
    return figure


def read_graph(output: Tensor, parameters: Mapping[str, Tensor]) -> Graph:
    """The nodes behind a tensor, found by `grad_fn` and `next_functions`; one more box for the tensor itself."""
    if not isinstance(output, Tensor):
        raise TypeError(f"plot_graph: output is a {type(output).__name__}; expected a tensor")
    if output.grad_fn is None:
        raise ValueError(
            "plot_graph: output has no grad_fn: it is a leaf, or was computed inside no_grad or from tensors that do "
            "not require a gradient"
        )
    names = {id(tensor): name for name, tensor in parameters.items()}
    graph = Graph()
    root = graph.add(f"output\n{_shape(output.shape)}", "output")
    numbers: dict[Node, int] = {output.grad_fn: graph.add(*_described(output.grad_fn, names))}
    graph.edges.append((numbers[output.grad_fn], root))
    waiting = [output.grad_fn]
    while waiting:
        node = waiting.pop()
        for other, _ in node.next_functions:
            if other is None:
                continue
            if other not in numbers:
                numbers[other] = graph.add(*_described(other, names))
                waiting.append(other)
            graph.edges.append((numbers[other], numbers[node]))
        if len(numbers) > _MOST:
            raise ValueError(
                f"plot_graph: the graph has more than {_MOST} nodes, too many to read. Draw a part of the model: one "
                "block on an input that requires a gradient"
            )
    return graph


def _described(node: Node, names: Mapping[int, str]) -> tuple[str, str]:
    """A node's label and kind."""
    shapes = " ".join(_shape(shape) for shape, _ in node.output_meta)
    if isinstance(node, AccumulateGrad):
        return f"{shorten(names.get(id(node.variable), 'leaf'), 36)}\n{shapes}", "leaf"
    return f"{node.name()}\n{shapes}", "operation"


def _shape(shape: Any) -> str:
    return "scalar" if not len(shape) else " × ".join(map(str, shape))


def _y(layer: int) -> float:
    return 0.45 + layer * _PITCH + _HEIGHT / 2


def _draw_box(axes: Any, label: str, kind: str, x: float, y: float, width: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    corner = (x - width / 2 + 0.04, y - _HEIGHT / 2 + 0.04)
    shape = "round,pad=0.04" if kind == "operation" else "square,pad=0.04"
    axes.add_patch(
        FancyBboxPatch(
            corner, width - 0.08, _HEIGHT - 0.08, boxstyle=shape, facecolor=_COLORS[kind], edgecolor="#444444",
            linewidth=0.8, zorder=2,
        )
    )  # fmt: skip
    axes.text(x, y, label, ha="center", va="center", fontsize=SMALL, linespacing=1.05, zorder=3)


def _draw_edge(axes: Any, layout: Layout, number: int, left: float, from_leaf: bool) -> None:
    """From a box's lower edge, through the corners, to the upper edge of the box that it leads to."""
    corners = [(left + x, _y(layer)) for x, layer in reversed(layout.paths[number])]
    (x0, y0), (x1, y1) = corners[0], corners[-1]
    passing = [(x, y + side) for x, y in corners[1:-1] for side in (_HEIGHT / 2, -_HEIGHT / 2)]  # upright beside boxes
    line = [(x0, y0 - _HEIGHT / 2), *passing, (x1, y1 + _HEIGHT / 2)]
    color = "#5B8DB0" if from_leaf else "#444444"
    if len(line) > 2:
        axes.plot(*zip(*line[:-1]), color=color, linewidth=1, zorder=1)
    axes.annotate(
        "", line[-1], line[-2], arrowprops={"arrowstyle": "-|>", "color": color, "lw": 1, "shrinkA": 0, "shrinkB": 0}
    )
