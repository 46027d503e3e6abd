"""Building HTML from Python values. Text is escaped unless it is `Markup`, so that no name can break a page."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from html import escape

_VOID = {"img", "meta"}  # elements without content and without an end tag
_CSS_PIXELS = 880 / 1200  # of a pixel: pictures of full width have 1200, and a page has room for 950 CSS pixels


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *content: object, **attributes: object) -> Markup:
    """`<tag attributes>content</tag>`.

    Args:     content: `Markup` is taken as it is, anything else as text; None is left out.
              attributes: `class_="a"` gives class="a", `aria_label="a"` gives aria-label="a"; None is left out.

    >>> element("p", "1 < 2, ", element("b", "always"), class_="note")
    '<p class="note">1 &lt; 2, <b>always</b></p>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Markup(f"<{tag}{given}>")
    return Markup(f"<{tag}{given}>{joined(content)}</{tag}>")


def joined(content: Iterable[object], between: str = "") -> Markup:
    """Pieces one after the other: `Markup` as it is, other values as text, None left out."""
    pieces = (piece if isinstance(piece, Markup) else escape(str(piece)) for piece in content if piece is not None)
    return Markup(between.join(pieces))


def table(
    caption: str, header: Sequence[object], rows: Iterable[Sequence[object]], numbers: Collection[int] = ()
) -> Markup:
    """A table that scrolls by itself where the page is too narrow for it.

    Args:     caption: says what the table shows; it is read aloud before it.
              header: the names of the columns.
              rows: the cells; the first one of a row names it.
              numbers: which columns hold numbers; these stand at the right of their column.
    """
    kind = ["number" if column in numbers else None for column in range(len(header))]
    head = element("tr", *(element("th", name, scope="col", class_=k) for name, k in zip(header, kind, strict=True)))
    body = []
    for row in rows:
        first, *others = row
        cells = [element("td", cell, class_=k) for cell, k in zip(others, kind[1:], strict=True)]
        body.append(element("tr", element("th", first, scope="row"), *cells))
    whole = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=caption)


def details(summary: str, *content: object) -> Markup:
    """Content that is shown when its summary is clicked."""
    return element("details", element("summary", summary), *content)


def listing(text: str, label: str) -> Markup:
    """Text in which columns and line ends matter, such as a command or a printed table."""
    return element("pre", text, tabindex=0, role="region", aria_label=label)


def picture(png: bytes, alt: str) -> Markup:
    """A picture inside the page, at the size that it was drawn for, or as wide as the page if that is less.

    Args:     png: what a PNG file holds.
              alt: what the picture tells, for those who cannot see it.
    """
    width, height = struct.unpack(">II", png[16:24])  # of the header that every PNG begins with
    width, height = round(width * _CSS_PIXELS), round(height * _CSS_PIXELS)
    address = f"data:image/png;base64,{b64encode(png).decode()}"
    image = element("img", src=address, alt=alt, width=width, height=height, style=f"--drawn:{width}px")
    return element("figure", element("div", image, class_="scroll"))
