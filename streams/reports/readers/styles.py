"""What the styles of a Word document say that a paragraph is."""

import re
from dataclasses import dataclass

from streams.reports.blocks import Role
from streams.reports.readers.package import Package, attribute, local

STYLES = "word/styles.xml"
_HEADING = re.compile(r"^(?:(?:heading|标题)\s*\d*|title|subtitle|副标题)$", re.IGNORECASE)
_CAPTION = re.compile(r"^(?:caption|题注)$", re.IGNORECASE)
_CONTENTS = re.compile(r"^(?:toc|目录|table of figures)\b", re.IGNORECASE)
DEEPEST_BASE = 20
"""Styles on styles; Word allows about ten."""


@dataclass(slots=True)
class _Style:
    name: str = ""
    base: str = ""
    outlined: bool = False


def roles_of_styles(package: Package) -> dict[str, Role]:
    """The role of paragraphs of each style that says one, by the style's id."""
    styles: dict[str, _Style] = {}
    if not package.has(STYLES):
        return {}
    style = _Style()
    for event, element in package.elements(STYLES):
        name = local(element)
        if event == "start":
            if name == "style":
                style = styles.setdefault(attribute(element, "styleId") or "", _Style())
            elif name == "name":
                style.name = style.name or attribute(element, "val") or ""
            elif name == "basedOn":
                style.base = attribute(element, "val") or ""
            elif name == "outlineLvl":
                style.outlined = (attribute(element, "val") or "9") < "9"
        elif name == "style":
            element.clear()
    found = ((key, _role(styles, key)) for key in styles)
    return {key: role for key, role in found if role}


def _role(styles: dict[str, _Style], key: str) -> Role | None:
    for _ in range(DEEPEST_BASE):
        style = styles.get(key)
        if style is None:
            return None
        if _CONTENTS.match(style.name):
            return "leftover"
        if _CAPTION.match(style.name):
            return "caption"
        if style.outlined or _HEADING.match(style.name):
            return "heading"
        key = style.base
    return None
