"""The frame of a page: head, headline, table of contents, sections, and what had to be left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..._version import __version__
from ...utils.atomic import replacing
from .markup import Markup, element, joined
from .style import STYLE

# The browser itself refuses whatever is not part of the page, should a page ever ask for it.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    anchor: str
    content: Sequence[Markup | None]


@dataclass(frozen=True)
class LeftOut:
    """A section that a page has to do without, and why."""

    title: str
    reason: str


@dataclass(frozen=True)
class Tile:
    """A number of the headline."""

    name: str
    value: str
    under: str | None = None


def page(
    title: str, subtitle: str, tiles: Sequence[Tile], warnings: Sequence[str], parts: Iterable[Section | LeftOut]
) -> Markup:
    """A whole HTML document.

    Args:     subtitle: a line under the title.
              tiles: the headline; the first one is the result.
              warnings: what a reader has to know before reading on.
              parts: the sections in their order; what is left out is said at the end.
    """
    parts = list(parts)
    sections = [part for part in parts if isinstance(part, Section)]
    left_out = [part for part in parts if isinstance(part, LeftOut)]
    if left_out:
        lines = (element("li", element("b", part.title), f": {part.reason}") for part in left_out)
        sections.append(Section("Left out", "left-out", [element("ul", *lines)]))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    header = element(
        "header",
        element("h1", title),
        element("p", subtitle),
        element("div", *(element("p", text) for text in warnings), class_="warning", role="note") if warnings else None,
        element("dl", *map(_tile, tiles), class_="tiles"),
    )
    links = (element("li", element("a", section.title, href=f"#{section.anchor}")) for section in sections)
    body = element(
        "body",
        header,
        element("nav", element("ul", *links), aria_label="Contents"),
        element("main", *map(_section, sections)),
        element("footer", f"Written by minitorch_cv {__version__}."),
    )
    return joined([Markup("<!DOCTYPE html>"), element("html", head, body, lang="en")], "\n")


def write(text: Markup, path: str | Path) -> Path:
    """Write a page, whole or not at all; its folder is made if need be."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8", errors="replace")  # JSON may hold half of a surrogate pair
    return path


def _tile(tile: Tile) -> Markup:
    under = tile.under and element("span", tile.under, class_="under")
    return element("div", element("dt", tile.name), element("dd", tile.value, under))


def _section(section: Section) -> Markup:
    heading = element("h2", section.title, id=f"{section.anchor}-title")
    return element("section", heading, *section.content, id=section.anchor, aria_labelledby=f"{section.anchor}-title")
