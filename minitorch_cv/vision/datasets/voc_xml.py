"""PASCAL VOC's annotations: an XML file for each image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from .corrupted import corrupted


@dataclass(frozen=True)
class VOCObject:
    """An object in an image: its class, and whether it is marked as hard to recognise."""

    name: str
    difficult: bool


class _DoctypeError(Exception):
    """A document type is defined."""


class _WithoutDoctype(ElementTree.TreeBuilder):
    """Refuses a document type, in whatever encoding: a few lines of one may stand for gigabytes."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise _DoctypeError


def read_annotation(path: str | Path) -> ElementTree.Element:
    """The root of an annotation.

    Raises:   RuntimeError: naming the file, if it is not well-formed, defines entities, or is no annotation.
    """
    try:
        root = ElementTree.fromstring(Path(path).read_bytes(), ElementTree.XMLParser(target=_WithoutDoctype()))
    except _DoctypeError:
        raise corrupted(path, "it defines a document type, which an annotation does not", alone=False) from None
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # the last two: unknown encodings
        raise corrupted(path, f"it is not well-formed XML ({error})", alone=False) from None
    if root.tag != "annotation":
        raise corrupted(path, f"expected <annotation>, found <{root.tag}>", alone=False)
    return root


def objects_of(path: str | Path) -> list[VOCObject]:
    """The objects in an annotation.

    Raises:   RuntimeError: naming the file, if an object has no name, or `difficult` is neither 0 nor 1.
    """
    found = []
    for node in read_annotation(path).iterfind("object"):
        name = (node.findtext("name") or "").strip()
        if not name:
            raise corrupted(path, "it has an object without a name", alone=False)
        difficult = node.findtext("difficult", "0").strip()
        if difficult not in ("0", "1"):
            raise corrupted(path, f"it has an object with difficult = {difficult!r}, expected 0 or 1", alone=False)
        found.append(VOCObject(name, difficult == "1"))
    return found


def as_dict(node: ElementTree.Element) -> dict[str, Any]:
    """The tree as dicts: {tag: text}, or {tag: {...}} with a list where a tag comes several times, and of objects."""
    children = list(node)
    if not children:
        return {node.tag: node.text.strip()} if node.text else {}
    values: dict[str, Any] = {}
    for child in children:
        for tag, value in as_dict(child).items():
            values.setdefault(tag, []).append(value)
    if node.tag == "annotation":
        values["object"] = [values.get("object", [])]
    return {node.tag: {tag: found[0] if len(found) == 1 else found for tag, found in values.items()}}
