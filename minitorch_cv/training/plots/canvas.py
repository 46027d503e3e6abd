"""What all pictures have in common: the look, the colours, how a figure becomes a file."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...utils.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which the colour-blind can tell apart; their yellow, too pale for lines, is olive here.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F00")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
BLUE, VERMILION = COLORS[:2]
GREY = "#666666"

WIDTH = 8.0  # inches: a page's; 1200 pixels
DOTS = 150  # pixels an inch
SMALL = 8.0  # points: the smallest letters

_LOOK: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "figure.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,  # a dollar in the name of a class is a dollar
    "axes.formatter.use_mathtext": False,
}


def draw(path: str | Path, build: Callable[..., Figure], *args: Any, **kwargs: Any) -> Path:
    """Write the figure that `build(*args, **kwargs)` makes to `path`, whose folder is made if need be.

    Returns:  the path.
    Raises:   ValueError: if the path's ending names no format that matplotlib writes.
    """
    import matplotlib

    path = Path(path)
    # DejaVu comes with matplotlib, so that texts take the same room everywhere; what it lacks is taken from other fonts
    fonts: dict[Any, Any] = {"font.family": ["DejaVu Sans", *matplotlib.rcParams["font.family"]]}
    with matplotlib.rc_context({**_LOOK, **fonts}):  # up to the end: ticks are made as late as in savefig
        figure = build(*args, **kwargs)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            figure.savefig(part, format=path.suffix.lstrip(".").lower() or "png", dpi=DOTS)
    return path


def new_figure(width: float, height: float, layout: str | None = "constrained") -> Figure:
    """An empty figure of so many inches."""
    from matplotlib.figure import Figure  # without pyplot: no window system, no state that others share

    return Figure(figsize=(width, height), layout=layout)  # type: ignore[arg-type]


def heading(title: str, width: float = WIDTH) -> str:
    """A figure's title, broken into lines that fit a figure of so many inches."""
    return "\n".join(textwrap.fill(line, max(20, int(width * 11.5))) for line in title.split("\n"))


def note(text: str) -> Figure:
    """A small figure that says only why there is nothing to see."""
    figure = new_figure(WIDTH, 1.2, layout=None)
    figure.text(0.5, 0.5, heading(text), ha="center", va="center", fontsize=11)
    return figure


def shorten(text: str, length: int) -> str:
    """A text of at most `length` letters, the middle left out if need be: beginnings and ends tell names apart.

    >>> shorten("basketball_court/indoor", 15)
    'basketb…/indoor'
    """
    if len(text) <= length:
        return text
    end = (length - 1) // 2
    return f"{text[: length - 1 - end]}…{text[len(text) - end :]}"


def shorten_all(names: Sequence[str], length: int) -> list[str]:
    """Names shortened; if two become the same, each begins with its number."""
    short = [shorten(name, length) for name in names]
    if len(set(short)) == len(set(names)):
        return short
    return [shorten(f"{i}: {name}", length) for i, name in enumerate(names)]


def letters(inches: float, size: float = SMALL) -> int:
    """How many letters fit into so many inches, on average."""
    return max(3, int(inches * 72 / (0.6 * size)))


def percent(share: float) -> str:
    """A share in [0, 1] as whole percent: 93 %; what is not quite none or all does not become that by rounding.

    >>> percent(0.934), percent(0.004), percent(0.9999), percent(1.0)
    ('93 %', '<1 %', '>99 %', '100 %')
    """
    if 0 < share < 0.005 or 0.995 <= share < 1:
        return "<1 %" if share < 0.5 else ">99 %"
    return f"{100 * share:.0f} %"


def plain_numbers(value: float, _position: int | None = None) -> str:
    """A number on a logarithmic axis: 0.001, 1e-05, 10."""
    return f"{value:g}"
