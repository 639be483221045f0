"""The header block of a policy: who stands behind it and since when, in the words of each layout."""

from __future__ import annotations

from building.source import Source

FIELDS = (
    ("Policy number", "reference_number"),
    ("Effective date", "effective_date"),
    ("Original date", "original_date"),
    ("Date revised", "revised_date"),
    ("Date last reviewed", "last_reviewed"),
    ("Review date", "review_due"),
    ("Supersedes", "supersedes"),
    ("Version", "version"),
    ("Status", "status"),
    ("Policy owner", "owner"),
    ("Approved by", "approver"),
    ("Applies to", "applies_to"),
)


def header_rows(source: Source) -> list[tuple[str, str]]:
    """The label and value of every governance field that the policy prints."""
    silent = source.meta.get("unprinted", [])
    rows = [(label, source.dated(key)) for label, key in FIELDS if key not in silent]
    return [(label, value) for label, value in rows if value]


def header_lines(source: Source) -> list[str]:
    """The same fields as the short lines of the older print layout."""
    lines = [f"REFERENCE NO. {source.text('reference_number')}"]
    for label, key in (("EFFECTIVE", "effective_date"), ("REVISED", "revised_date"), ("SUPERSEDES", "supersedes")):
        if source.dated(key):
            lines.append(f"{label}: {source.dated(key)}")
    for label, key in (("REVIEW DUE", "review_due"), ("OWNER", "owner"), ("APPROVED", "approver")):
        if source.dated(key):
            lines.append(f"{label}: {source.dated(key)}")
    return lines
