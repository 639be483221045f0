"""The words of SmartArt drawings, which Word keeps in a part of their own: many policies draw their flowcharts so."""

from __future__ import annotations

from typing import Any

from ragkit.documents.formats.docx_cleaning import text_run
from ragkit.documents.formats.docx_styles import w

_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_diagrams(document: Any) -> None:
    """Puts the words of each diagram into the body as a text box, one paragraph a shape, where the diagram stands."""
    for ids in list(document.element.body.iter(f"{{{_DIAGRAM}}}relIds")):
        relation = document.part.rels.get(ids.get(f"{{{_RELATION}}}dm") or "")
        drawing = next(ids.iterancestors(w("drawing")), None)
        if relation is None or relation.is_external or drawing is None:
            continue
        box = drawing.makeelement(w("txbxContent"), {}, drawing.nsmap)
        for text in _shape_texts(relation.target_part.blob):
            paragraph = box.makeelement(w("p"), {}, box.nsmap)
            paragraph.append(text_run(text, box))
            box.append(paragraph)
        drawing.getparent().replace(drawing, box)


def _shape_texts(blob: bytes) -> list[str]:
    from docx.oxml import parse_xml

    texts = []
    for point in parse_xml(blob).iter(f"{{{_DIAGRAM}}}pt"):
        if point.get("type", "node") not in ("node", "asst"):
            continue
        lines = (
            "".join(node.text or "" for node in line.iter(f"{{{_DRAWING}}}t"))
            for line in point.iter(f"{{{_DRAWING}}}p")
        )
        if text := " ".join(line.strip() for line in lines if line.strip()):
            texts.append(text)
    return texts
