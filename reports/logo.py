"""A user's logo as a `data:` address: a small PNG or SVG file, rebuilt from the parts that draw and nothing else.

What would run, load or follow something is refused with its name; what only editors need is left out.
"""

import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from reports.errors import ReportError

LARGEST = 200_000
"""Bytes that a logo's file may have: it stands in every report."""

PIXELS = 4096
ELEMENTS, DEPTH = 2000, 32

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PARTS = (b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"IDAT", b"IEND")
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_DRAWS = {
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
    "linearGradient", "radialGradient", "stop", "clipPath", "mask",
}  # fmt: skip


class LogoError(ReportError):
    """A logo that can't be embedded; the place is its file."""


def read_logo(path: Path) -> str:
    """The file's picture as a `data:` address; LogoError says what is wrong with it."""
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        raise LogoError(
            f"the logo can't be read: {error.strerror}", place=str(path), hint="name a PNG or SVG file"
        ) from None
    if content is None:
        raise _wrong(
            path, f"the logo has more than {LARGEST:,} bytes", "take a smaller one: it stands in every report"
        )
    if content.startswith(_PNG):
        return _address("image/png", _png(content, path))
    return _address("image/svg+xml", _svg(content, path))


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _wrong(path: Path, message: str, hint: str) -> LogoError:
    return LogoError(message, place=str(path), hint=hint)


def _png(content: bytes, path: Path) -> bytes:
    """The picture's own chunks: no texts, no times, no frames."""
    kept, at = [_PNG], len(_PNG)
    kinds: list[bytes] = []
    while at < len(content) and kinds[-1:] != [b"IEND"]:
        length = int.from_bytes(content[at : at + 4])
        kind, whole = content[at + 4 : at + 8], content[at : at + 12 + length]
        if len(whole) != 12 + length or zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:]):
            raise _wrong(path, "the logo is a broken PNG file", "export it anew")
        kinds.append(kind)
        if kind in _PNG_PARTS:
            kept.append(whole)
        at += 12 + length
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds:
        raise _wrong(path, "the logo is a broken PNG file", "export it anew")
    sides = (int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
    if not all(0 < side <= PIXELS for side in sides):
        raise _wrong(path, f"the logo is {sides[0]} × {sides[1]} pixels", f"at most {PIXELS} on a side")
    return b"".join(kept)


def _svg(content: bytes, path: Path) -> bytes:
    """The drawing, rebuilt from elements and attributes that draw."""
    try:
        text = content.decode("utf-8-sig")
        if "<!" in text.replace("<!--", ""):
            raise _wrong(
                path, "the logo has a document type or entities", "remove the lines that begin with <!"
            )
        tree = ElementTree.fromstring(text)
    except (UnicodeDecodeError, ElementTree.ParseError, ValueError):
        raise _wrong(path, "the logo is neither PNG nor SVG", "export it as one of these") from None
    if tree.tag != f"{_SVG}svg":
        raise _wrong(path, "the logo is no SVG drawing", "export it as plain SVG")
    rebuilt = _rebuilt(tree, path)
    rebuilt.set("xmlns", _SVG.strip("{}"))
    return ElementTree.tostring(rebuilt, encoding="unicode").encode()


def _rebuilt(tree: ElementTree.Element, path: Path) -> ElementTree.Element:
    """A copy of the tree without what editors leave in it; refused where it is too large, or does more than draw."""
    root = ElementTree.Element("svg", dict(_attributes(tree, path)))
    root.text = tree.text
    waiting, seen = [(tree, root, 1)], 0
    while waiting:
        source, target, depth = waiting.pop()
        for child in source:
            seen += 1
            if seen > ELEMENTS or depth > DEPTH:
                raise _wrong(
                    path, f"the logo has more than {ELEMENTS} elements or {DEPTH} levels", "simplify it"
                )
            if not isinstance(child.tag, str) or not child.tag.startswith(_SVG):
                continue
            local = child.tag.removeprefix(_SVG)
            if local == "metadata":
                continue
            if local not in _DRAWS:
                raise _wrong(path, f"the logo has <{local}> in it", "export it as plain paths")
            copy = ElementTree.SubElement(target, local, dict(_attributes(child, path)))
            copy.text, copy.tail = child.text, child.tail
            waiting.append((child, copy, depth + 1))
    return root


def _attributes(element: ElementTree.Element, path: Path) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        local = "href" if name == _LINK else name
        if local.startswith("{"):
            continue
        spread = value.lower().replace(" ", "")
        outside = local == "href" and not value.startswith("#")
        if (
            local.lower().startswith("on")
            or outside
            or "\\" in value
            or spread.count("url(") != sum(map(spread.count, ("url(#", "url('#", 'url("#')))
        ):
            raise _wrong(path, f"the logo's {local} would run or load something", "export it as plain paths")
        yield local, value
