"""Reading a page as a browser does: well-formed, nothing from outside, texts and tables."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"img", "meta", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """The elements of a page. Fails on a tag that is not closed, or closed in the wrong order."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.source = path.read_text(encoding="utf-8")
        self.elements = []  # (tag, attributes)
        self.tables = {}  # rows of texts, by caption
        self._open = []
        self._texts = []  # of each open element
        self._rows = []
        self.text = ""
        self.texts = {}  # of each element, by tag
        self.feed(self.source)
        self.close()
        assert self._open == [], f"not closed: {self._open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
            self._texts.append("")
        if tag == "table":
            self._rows = []
        if tag == "tr":
            self._rows.append([])

    def handle_endtag(self, tag):
        assert tag not in VOID
        assert self._open and self._open[-1] == tag, f"</{tag}> closes {self._open}"
        self._open.pop()
        text = self._texts.pop()
        self.texts.setdefault(tag, []).append(text)
        if self._texts:
            self._texts[-1] += text
        if tag in ("td", "th"):
            self._rows[-1].append(text.replace("\u00a0", " "))
        if tag == "caption":
            self._caption = text
        if tag == "table":
            self.tables[self._caption] = self._rows

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.text += data
        if self._texts:
            self._texts[-1] += data

    def all(self, tag):
        """The attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def headings(self):
        return self.texts.get("h2", [])


def read_page(path):
    """The page at a path, after looking whether it is fit to be handed out."""
    page = Page(path)
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint({"script", "link", "iframe", "object", "base", "form"})
    for image in page.all("img"):
        assert image["src"].startswith("data:image/png;base64,") and image["alt"].strip()
        assert int(image["width"]) > 0 and int(image["height"]) > 0
    for link in page.all("a"):
        assert link["href"].startswith("#") and link["href"][1:] in {a.get("id") for _, a in page.elements}
    outside = [
        value for _, attributes in page.elements for value in attributes.values() if value and "//" in value[:12]
    ]
    assert outside == [] and "url(" not in page.texts["style"][0] and "@import" not in page.texts["style"][0]
    assert page.all("html")[0]["lang"] == "en" and page.texts["title"] == page.texts["h1"]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for header in page.all("th"):
        assert header["scope"] in ("col", "row")
    assert len(page.all("table")) == len(page.texts.get("caption", []))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    return page
