"""Which policy a file is, and which version of it.

Wrong grouping is dangerous: if a form or a paediatric twin passes for a newer version of the policy whose number it
carries, the policy in force looks superseded. So a shared number alone is not enough, the titles must agree as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ragkit.documents.governance import FieldOrigin, Governance

_EMPTY_WORDS = frozenset({
    "a", "an", "and", "at", "by", "for", "from", "in", "into", "of", "on", "or", "per", "the", "to", "with", "policy",
    "policies", "procedure", "procedures", "protocol", "protocols", "guideline", "guidelines", "standard", "document",
    "no", "number", "ref", "reference", "version", "rev", "revised", "draft", "final", "copy",
})  # fmt: skip
_KIND_WORDS = frozenset({
    "adult", "adults", "pediatric", "paediatric", "pediatrics", "paediatrics", "child", "children", "infant",
    "neonatal", "neonate", "newborn", "attachment", "appendix", "annex", "addendum", "form", "checklist", "worksheet",
    "template", "flowchart", "algorithm", "poster", "faq", "summary", "figure", "table", "memo", "bulletin",
})  # fmt: skip
TITLE_AGREEMENT = 0.6
"""Share of the longer title's content words that both titles need to have in common."""


@dataclass(frozen=True)
class KnownVersion:
    """A version that the knowledge base holds already.

    Attributes:
        searched: False for one that was removed or replaced: nothing is a version of it any more, but old citations
            still name its label, which must not come to stand for other words.
    """

    document_id: str
    version: str
    content_hash: str
    governance: Governance
    source: str = ""
    searched: bool = True


def identify(
    governance: Governance, source: str, content_hash: str, existing: Sequence[KnownVersion] = ()
) -> tuple[str, str]:
    """The document that a file is a version of, and the version's label.

    Args:
        governance: as read from the file.
        source: its path relative to the ingested folder.
        content_hash: SHA-256 of the file.
        existing: the versions that the knowledge base holds. Without them only number, path and dates count.

    Returns:
        ``(document_id, version)``. A version that names the other in ``supersedes`` belongs to the same document. A
        file with the same number that is another policy gets an id of its own, ``<id>--<title>``. A label that other
        content of the same document has taken gets a part of the content's hash.
    """
    searched = [known for known in existing if known.searched]
    for known in searched:
        if known.content_hash == content_hash and known.source == source and known.governance == governance:
            return known.document_id, known.version
    document_id = _document(governance, source, content_hash, searched)
    label = version_label(governance, content_hash)
    own = (known for known in existing if known.document_id == document_id and known.version == label)
    if any(known.content_hash != content_hash for known in own):
        label = f"{label}-{content_hash[:8]}"
    return document_id, label


def document_id(governance: Governance, source: str) -> str:
    """The id by site and reference number, else by site and path ("general/ic-204", "general/nursing/iv-care")."""
    number = slug(governance.reference_number or "")
    if not number:
        path = PurePosixPath(source)
        stem = path.with_suffix("") if path.suffix else path
        number = "/".join(part for part in map(slug, stem.parts) if part) or "document"
    site = slug(governance.site or "")
    return f"{site}/{number}" if site else number


def version_label(governance: Governance, content_hash: str) -> str:
    """The version as the document states it, else its effective date, its revision date, or a part of its hash."""
    if governance.version and governance.version.strip():
        return governance.version.strip()
    for day in (governance.effective_date, governance.revised_date):
        if day is not None:
            return day.isoformat()
    return content_hash[:8]


def same_policy(a: Governance, b: Governance) -> bool:
    """True if two files are versions of one policy: same site, same full number, and titles that agree."""
    if slug(a.site or "") != slug(b.site or ""):
        return False
    if slug(a.reference_number or "") != slug(b.reference_number or ""):
        return False
    if _title_is_missing(a) or _title_is_missing(b):
        return True
    return titles_agree(a.title, b.title, a.reference_number or "")


def titles_agree(a: str, b: str, reference_number: str = "") -> bool:
    """True if two titles share most of their content words and speak of the same population and kind of paper."""
    ignored = set(_words(reference_number))
    words_a, words_b = (_content_words(title) - ignored for title in (a, b))
    if _kinds(a) != _kinds(b):
        return False
    if not words_a or not words_b:
        return True
    return len(words_a & words_b) >= TITLE_AGREEMENT * max(len(words_a), len(words_b))


def declares_superseding(newer: Governance, older: Governance) -> bool:
    """True if ``newer`` names the reference number of ``older`` in ``supersedes``, at the same site."""
    if not newer.supersedes or not older.reference_number or slug(newer.site or "") != slug(older.site or ""):
        return False
    number = re.escape(slug(older.reference_number))
    named = slug(
        re.sub(r"\b(?:policy|procedure|protocol|ref(?:erence)?|no|number)\b\.?", " ", newer.supersedes, flags=re.I)
    )
    return bool(re.fullmatch(number, named)) and not re.fullmatch(r"\d{1,4}([-.])\d{1,2}\1\d{1,4}", named)


def slug(text: str) -> str:
    """Lower-case letters, digits and points, with single hyphens between them."""
    return re.sub(r"[^a-z0-9.]+", "-", text.casefold().strip()).strip("-.")


def _document(governance: Governance, source: str, content_hash: str, existing: Sequence[KnownVersion]) -> str:
    for known in existing:
        if declares_superseding(governance, known.governance) or declares_superseding(known.governance, governance):
            return known.document_id
    base = document_id(governance, source)
    candidates = [known for known in existing if known.document_id.split("--")[0] == base]
    by_path = not slug(governance.reference_number or "")
    for known in sorted(candidates, key=lambda version: (version.document_id, version.version)):
        if known.source == source and by_path and not slug(known.governance.reference_number or ""):
            return known.document_id
        if same_policy(governance, known.governance):
            return known.document_id
    if not candidates:
        return base
    own = f"{base}--{slug(governance.title)[:60].strip('-.') or content_hash[:8]}"
    taken = {known.document_id for known in candidates}
    return own if own not in taken else f"{own}-{content_hash[:8]}"


def _title_is_missing(governance: Governance) -> bool:
    return not governance.title.strip() or governance.origins.get("title") is FieldOrigin.DEFAULT


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def _content_words(title: str) -> set[str]:
    return {word.removesuffix("s") if len(word) > 3 else word for word in _words(title) if word not in _EMPTY_WORDS}


def _kinds(title: str) -> set[str]:
    spelled = {"paediatric": "pediatric", "paediatrics": "pediatric", "pediatrics": "pediatric", "adults": "adult",
               "children": "child", "neonate": "neonatal"}  # fmt: skip
    return {spelled.get(word, word) for word in _words(title) if word in _KIND_WORDS}
