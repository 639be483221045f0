"""Word documents -> ParsedSource.

``unstructured`` reads the runs of each paragraph and computes the numbers that Word keeps out of the text of its
automatic lists. Everything it loses is read from the XML before: tracked and hidden words, tables, text boxes,
footnotes, content controls, the page breaks that the last editor saved. Running heads and feet and the document
properties are read with python-docx, because labels and values in a header table must stay side by side.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.formats.characters import CharacterReport
from ragkit.documents.formats.docx_cleaning import WordCleaner
from ragkit.documents.formats.docx_diagrams import write_diagrams
from ragkit.documents.formats.docx_marking import WordMarker
from ragkit.documents.formats.docx_styles import Styles, w
from ragkit.documents.formats.exclusions import exclusion_problems
from ragkit.documents.formats.layout import lay_out
from ragkit.documents.formats.nodes import MARK_PATTERN, Marks, Node
from ragkit.documents.formats.partitioning import TableSlot, collect, finished, partition_docx
from ragkit.documents.formats.structure import structured
from ragkit.documents.parsed import ParsedSource, UnreadableDocumentError
from ragkit.documents.sniffing import Format

_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MOST_UNPACKED_BYTES = 1_000_000_000


def read_docx(data: bytes, *, source: str = "") -> ParsedSource:
    """Reads a Word document.

    Args:
        data: the file's bytes.
        source: the file's name, for messages.

    Returns:
        Its words and structure; running heads and feet are in ``running_lines``.

    Raises:
        UnreadableDocumentError: the file is damaged, or is no Word document that can be read.
    """
    document = _open(data, source)
    report, marks, styles = CharacterReport(), Marks(), Styles.of(document)
    cleaner = WordCleaner(styles, marks, report)
    write_diagrams(document)
    cleaner.clean(document.element.body)
    running = _running_lines(document, cleaner)
    marker = WordMarker(styles, marks, _footnotes(document, cleaner))
    nodes: list[Node | TableSlot] = []
    marker.mark(document.element.body, nodes)
    buffer = io.BytesIO()
    document.save(buffer)
    collect(partition_docx(buffer.getvalue()), marks, nodes)
    laid = structured(finished(nodes))
    builder = lay_out(laid, marks, has_pages=marker.has_pages)
    return ParsedSource(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type=Format.DOCX.value,
        page_starts=tuple(builder.page_starts),
        excluded=tuple(builder.excluded),
        problems=report.problems() + exclusion_problems(builder.excluded) + _embedded_problem(cleaner.embedded),
        properties=_properties(document),
        running_lines=running,
    )


def _open(data: bytes, source: str) -> Any:
    import docx

    name = source or "The file"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            strict = b"purl.oclc.org/ooxml" in archive.read("_rels/.rels")
        if size > MOST_UNPACKED_BYTES:
            message = f"{name} unpacks to {size // 1_000_000} MB. Split it or remove its pictures."
            raise UnreadableDocumentError(Problem(kind=ProblemKind.TOO_LARGE, message=message))
        if strict:
            message = (
                f"{name} is saved as 'Strict Open XML', which cannot be read. Open it in Word and save it as an"
                " ordinary Word document (.docx)."
            )
            raise UnreadableDocumentError(Problem(kind=ProblemKind.UNSUPPORTED, message=message))
        return docx.Document(io.BytesIO(_as_plain_document(data)))
    except UnreadableDocumentError:
        raise
    except Exception as error:
        # python-docx raises whatever its XML and package layers meet; each means that the file is damaged
        message = (
            f"{name} is a damaged Word document ({type(error).__name__}). Open it in Word, let Word repair it, save it,"
            " and ingest it again."
        )
        raise UnreadableDocumentError(Problem(kind=ProblemKind.BROKEN, message=message)) from error


def _as_plain_document(data: bytes) -> bytes:
    """Macro files and templates hold the same document under another name; python-docx opens only the plain kind."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml")
        plain = re.sub(rb"application/[\w.-]+\.(?:macroEnabled(?:Template)?|template)\.main\+xml", _MAIN_TYPE, types)
        if plain == types:
            return data
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as changed:
            for entry in archive.infolist():
                changed.writestr(entry, plain if entry.filename == "[Content_Types].xml" else archive.read(entry))
        return buffer.getvalue()


def _embedded_problem(count: int) -> tuple[Problem, ...]:
    if not count:
        return ()
    message = (
        f"{count} embedded documents inside this file were not read. Open it in Word and save it again: Word then"
        " takes their text into the document."
    )
    return (Problem(kind=ProblemKind.UNSUPPORTED, message=message),)


def _running_lines(document: Any, cleaner: WordCleaner) -> tuple[str, ...]:
    lines: dict[str, None] = {}
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/header", "/footer")):
            continue
        root = relation.target_part.element
        cleaner.clean(root)
        for line in _part_lines(root):
            lines.setdefault(line)
    return tuple(lines)


def _part_lines(root: Any) -> list[str]:
    """Lines of a running head: paragraphs, and table rows with a tab between the cells."""
    lines = []
    for child in root.iter(w("p"), w("tr")):
        if child.tag == w("tr"):
            lines.append("\t".join(_plain(cell) for cell in child if cell.tag == w("tc")))
        elif next(child.iterancestors(w("tc")), None) is None:
            lines.extend(_plain(child).split("\n"))
    return [line.strip() for line in lines if line.strip()]


def _plain(element: Any) -> str:
    parts = []
    for node in element.iter(w("t"), w("tab"), w("p")):
        parts.append(node.text or "" if node.tag == w("t") else "\t" if node.tag == w("tab") else " ")
    text = MARK_PATTERN.sub("", "".join(parts)).replace("\ue002", "\n")
    return "\n".join(
        "\t".join(" ".join(cell.split()) for cell in line.split("\t")).strip() for line in text.split("\n")
    ).strip()


def _footnotes(document: Any, cleaner: WordCleaner) -> dict[tuple[str, str], list[Any]]:
    """The paragraphs of each footnote and endnote, cleaned."""
    from docx.oxml import parse_xml

    notes: dict[tuple[str, str], list[Any]] = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1]
        if relation.is_external or kind not in ("footnotes", "endnotes"):
            continue
        root = parse_xml(relation.target_part.blob)
        cleaner.clean(root)
        for note in root.iter(w(kind[:-1])):
            if note.get(w("type")) in (None, "normal"):
                notes[(kind[:-1], note.get(w("id")) or "")] = list(note.iter(w("p")))
    return notes


def _properties(document: Any) -> dict[str, str]:
    core = document.core_properties
    names = {
        "title": "title", "author": "author", "subject": "subject", "keywords": "keywords", "category": "category",
        "created": "created", "modified": "modified", "version": "version", "content_status": "status",
        "comments": "comments",
    }  # fmt: skip
    properties: dict[str, str] = {}
    for attribute, name in names.items():
        try:
            value = getattr(core, attribute)
        except (ValueError, AttributeError):
            continue
        if value:
            properties[name] = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/docProps/custom.xml":
            properties.update(_custom_properties(part.blob))
    return properties


def _custom_properties(blob: bytes) -> dict[str, str]:
    from docx.oxml import parse_xml

    found = {}
    for entry in parse_xml(blob):
        name = (entry.get("name") or "").strip().lower()
        value = "".join(entry.itertext()).strip()
        if name and value:
            found[name] = value
    return found
