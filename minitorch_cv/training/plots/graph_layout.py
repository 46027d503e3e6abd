"""Where the nodes of a graph go on paper: in layers, near their neighbours, long edges led around other nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

_SWEEPS = 12
_BEND_WIDTH = 0.12  # inches that a passing edge takes
_GAP = 0.2


@dataclass
class Layout:
    """Places of nodes and edges.

    Args:     x: inches, for each node.
              layer: for each node; 0 for those that no edge leads to.
              paths: for each edge its corners (x, layer), ends included.
              width: inches from the outermost node's edge to the other.
    """

    x: np.ndarray
    layer: np.ndarray
    paths: list[list[tuple[float, int]]]
    width: float


def lay_out(widths: Sequence[float], edges: Sequence[tuple[int, int]]) -> Layout:
    """Lay out a graph without cycles.

    Args:     widths: inches, of each node.
              edges: (a, b): b lies in a later layer than a.
    Source:   Sugiyama, Tagawa and Toda 1981: longest-path layers, barycentre ordering; the places within a layer by
              isotonic regression, which keeps order and distances and moves each node as little as may be.
    """
    layer = _layers(len(widths), edges)
    sizes = list(widths)
    chains = []  # for each edge the nodes along it: one more in each layer that it crosses
    links: list[tuple[int, int]] = []
    levels = list(layer)
    for a, b in edges:
        chain = [a]
        for level in range(layer[a] + 1, layer[b]):
            chain.append(len(sizes))
            sizes.append(_BEND_WIDTH)
            levels.append(level)
        chain.append(b)
        chains.append(chain)
        links += pairwise(chain)
    above: list[list[int]] = [[] for _ in sizes]
    below: list[list[int]] = [[] for _ in sizes]
    for a, b in links:
        below[a].append(b)
        above[b].append(a)
    rows: list[list[int]] = [[] for _ in range(max(levels) + 1)]
    for node, level in enumerate(levels):
        rows[level].append(node)
    _order(rows, above, below)
    x = _place(rows, sizes, above, below)
    halves = np.asarray(sizes) / 2
    left = (x - halves).min()
    x = x - left
    paths = [[(float(x[node]), levels[node]) for node in chain] for chain in chains]
    return Layout(x[: len(widths)], np.asarray(layer), paths, float((x + halves).max()))


def _layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The longest way to each node."""
    layer = [0] * count
    waiting = [0] * count
    following: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges:
        waiting[b] += 1
        following[a].append(b)
    ready = [node for node in range(count) if not waiting[node]]
    while ready:
        node = ready.pop()
        for other in following[node]:
            layer[other] = max(layer[other], layer[node] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return layer


def _order(rows: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    """Sort each row by where the neighbours are, from top to bottom and back."""
    position: dict[int, float] = {}

    def settle(row: list[int]) -> None:
        for place, node in enumerate(row):
            position[node] = place - (len(row) - 1) / 2

    for row in rows:
        settle(row)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else rows[::-1]:
            neighbours = above if down else below
            middle = {
                node: float(np.mean([position[other] for other in neighbours[node]]))
                if neighbours[node]
                else position[node]
                for node in row
            }
            row.sort(key=middle.__getitem__)
            row[:] = [node for _, tied in groupby(row, middle.__getitem__) for node in _ends_outside(list(tied), below)]
            settle(row)


def _ends_outside(tied: list[int], below: list[list[int]]) -> list[int]:
    """Of nodes that may stand in any order those that go on in the middle, so that what follows stays below."""
    ends = [node for node in tied if not below[node]]
    going_on = [node for node in tied if below[node]]
    half = len(ends) // 2
    return ends[:half] + going_on + ends[half:]


def _place(rows: list[list[int]], sizes: Sequence[float], above: list[list[int]], below: list[list[int]]) -> np.ndarray:
    """A place for each node within its row, in the row's order, near its neighbours and not on each other."""
    from sklearn.isotonic import isotonic_regression

    x = np.zeros(len(sizes))
    for row in rows:
        ends = np.cumsum([sizes[node] + _GAP for node in row])
        x[row] = ends - np.array([sizes[node] for node in row]) / 2 - ends[-1] / 2
    for sweep in range(4 * _SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = np.array([np.mean(x[around]) if (around := above[n] + below[n]) else x[n] for n in row])
            half = np.array([sizes[node] for node in row]) / 2
            steps = np.cumsum(np.concatenate([[0.0], half[:-1] + half[1:] + _GAP]))
            x[row] = isotonic_regression(wanted - steps) + steps
    return x
