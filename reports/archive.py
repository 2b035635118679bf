"""What makes a PDF one that archives keep: besides PDF/UA-1, which comes from its tags, it is PDF/A-3a with its data attached.

WeasyPrint writes one of both names into the file's metadata; the other is added here, with the description that PDF/A asks for
of every name that it doesn't know.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

VARIANT = "pdf/a-3a"
"""What WeasyPrint is asked for: tagged, with an output intent and attachments allowed."""

_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>part of PDF/UA that the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
_END = b"</rdf:RDF>"


class Attached(NamedTuple):
    """A file within the PDF: the report's data, or a part of it."""

    name: str
    description: str
    content: bytes


def add_ua_metadata(pdf: Any) -> None:
    """Name PDF/UA-1 in the metadata of a pydyf file that names PDF/A-3."""
    number = int(pdf.catalog["Metadata"].split()[0])
    stream = pdf.objects[number]
    [content] = stream.stream
    if content.count(_END) != 1:
        raise ValueError("WeasyPrint's metadata is not one rdf:RDF")
    stream.stream = [content.replace(_END, _UA + _END)]


def name_files_once(pdf: Any) -> None:
    """Name each attached file once where the archive looks for them; WeasyPrint names them twice."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def as_weasyprint(attached: Sequence[Attached], created: datetime) -> list[Any]:
    """The files as WeasyPrint takes them; dates are the report's, so that the same data gives the same bytes."""
    from weasyprint import Attachment  # type: ignore[import-untyped]

    return [
        Attachment(
            string=one.content,
            name=one.name,
            description=one.description,
            created=created,
            modified=created,
            relationship="Data",
        )
        for one in attached
    ]
