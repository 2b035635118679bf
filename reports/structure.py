"""Mends the tree of tags that WeasyPrint writes where it falls short of PDF/UA-1, so that a screen reader finds its way.

WeasyPrint 70 gives header cells no scope, wraps the pairs of a description list in divisions that a list may not hold, links the
words within a link once more, keeps elements without content, and counts what runs along the page's edges as its content.
Works on pydyf's objects, before they are written: a dictionary per element, whose kids are references, or numbers of content.

Source: ISO 14289-1, 7.5 (tables), 7.6 (lists), 7.8 (running heads), 7.18.5 (links).
"""

from collections.abc import Iterator
from typing import Any

Element = dict[str, Any]

MAY_BE_EMPTY = ("/TD", "/TH", "/Figure")
"""Cells keep a table's shape; a figure's content is its alternative text."""


def mend_structure(pdf: Any) -> None:
    """Mend the tags of a pydyf file that was written with them."""
    tree = _Tree(pdf)
    for element in list(tree.elements(tree.document)):
        _scope_headers(tree, element)
        _pair_descriptions(tree, element)
    _link_once(tree, tree.document)
    _drop_empty(tree, tree.document)
    _leave_margins_out(tree)
    tree.keep()


class _Tree:
    """The elements by reference, and what the content of each page and each annotation belongs to, by their numbers."""

    def __init__(self, pdf: Any) -> None:
        self.objects: dict[bytes, Any] = {item.reference: item for item in pdf.objects}
        root = self.objects[pdf.catalog["StructTreeRoot"]]
        [document] = root["K"]
        self.document: Element = self.objects[document]
        self.pages: list[Element] = [self.objects[reference] for reference in pdf.page_references]
        self._numbers: list[Any] = self.objects[root["ParentTree"]]["Nums"]
        self.parents: dict[int, Any] = dict(zip(self._numbers[::2], self._numbers[1::2], strict=True))

    def kids(self, element: Element) -> list[Element]:
        """The elements and object references right below, without the numbers of content."""
        return [self.objects[kid] for kid in element["K"] if isinstance(kid, bytes)]

    def elements(self, element: Element) -> Iterator[Element]:
        """All elements from this one down, parents first."""
        yield element
        for kid in self.kids(element):
            if kid["Type"] == "/StructElem":
                yield from self.elements(kid)

    def keep(self) -> None:
        """Write the changed `parents` into the file."""
        self._numbers[:] = [item for pair in self.parents.items() for item in pair]


def _scope_headers(tree: _Tree, element: Element) -> None:
    """Header cells of a table's head are for their column, all others for their row."""
    if element["S"] in ("/THead", "/TBody", "/TFoot"):
        for cell in tree.elements(element):
            if cell["S"] == "/TH":
                cell["A"]["Scope"] = "/Column" if element["S"] == "/THead" else "/Row"


def _pair_descriptions(tree: _Tree, element: Element) -> None:
    """A division of a list, `<dl><div><dt><dd></div></dl>`, is an item: its first kid the label, what follows the body.

    A division that a page's end cut after its label goes on with a body alone.
    """
    if element["S"] != "/L":
        return
    for division in tree.kids(element):
        if division["S"] != "/Div":
            continue
        division["S"] = "/LI"
        parts = tree.kids(division)
        for number, part in enumerate(parts):
            part["S"] = "/Lbl" if number == 0 and len(parts) > 1 else "/LBody"
            for inner in tree.kids(part):
                inner["S"] = "/NonStruct"


def _link_once(tree: _Tree, element: Element, *, inside: bool = False) -> None:
    """Take out the links of words that lie within a link, with their annotations: the outer one covers them."""
    for reference in [kid for kid in element["K"] if isinstance(kid, bytes)]:
        kid = tree.objects[reference]
        if kid["Type"] == "/StructElem":
            _link_once(tree, kid, inside=inside or element["S"] == "/Link")
        elif inside and kid["Type"] == "/OBJR":
            element["K"].remove(reference)
            tree.objects[kid["Pg"]]["Annots"].remove(kid["Obj"])
            del tree.parents[tree.objects[kid["Obj"]]["StructParent"]]


def _drop_empty(tree: _Tree, element: Element) -> bool:
    """Take elements without any content out of the tree, innermost first; whether this one is such."""
    element["K"][:] = [
        kid
        for kid in element["K"]
        if not isinstance(kid, bytes)
        or tree.objects[kid]["Type"] != "/StructElem"
        or not _drop_empty(tree, tree.objects[kid])
    ]
    return not element["K"] and element["S"] not in MAY_BE_EMPTY


def _leave_margins_out(tree: _Tree) -> None:
    """Mark the content of elements that the tree doesn't hold, the running heads and feet, as artifacts of the page."""
    held = {id(element) for element in tree.elements(tree.document)}
    for page in tree.pages:
        belongs = tree.parents[page["StructParents"]]
        outside = {number for number, parent in enumerate(belongs) if id(tree.objects[parent]) not in held}
        stream = tree.objects[page["Contents"]].stream
        # Content begins with three items: its tag, a dictionary with its number on the page, and the operator.
        for place, operator in enumerate(stream):
            if operator == b"BDC" and stream[place - 1]["MCID"] in outside:
                belongs[stream[place - 1]["MCID"]] = "null"
                stream[place - 2 : place] = ["/Artifact", b"<</Type /Pagination>>"]
