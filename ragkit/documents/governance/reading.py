"""Puts a document's governance together from everything that states it, the most trustworthy first.

Order of trust: sidecar, folder file, front matter, document properties, the header of the document, its file name. (The
title is an exception: a title behind a label in the header is better than the document property, which word processors
copy from the template.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.governance.classification import classified, unknown_classifications
from ragkit.documents.governance.dates import DateOrder, order_written
from ragkit.documents.governance.dating import contradictions, dates_of, header_problems
from ragkit.documents.governance.governance import FieldOrigin, Governance, Status
from ragkit.documents.governance.governance_file import EVERY_SITE, validate_folder_file, validate_sidecar
from ragkit.documents.governance.header import Header, read_header
from ragkit.documents.governance.labels import Label
from ragkit.documents.governance.lines import governance_lines
from ragkit.documents.governance.numbers import number_in_file_name, number_key, with_suffix
from ragkit.documents.governance.pairs import Pair, find_pairs, with_whole_labels
from ragkit.documents.governance.populations import populations_of
from ragkit.documents.governance.titles import (
    first_heading,
    labelled_title,
    readable_name,
    status_in_title,
    title_from_property,
)
from ragkit.documents.governance.written_fields import front_matter_fields, property_fields
from ragkit.documents.parsed import ParsedSource

_COMPARED = (
    "reference_number",
    "site",
    "original_date",
    "effective_date",
    "revised_date",
    "last_reviewed",
    "review_due",
    "retired_date",
    "status",
)


@dataclass
class _Collected:
    """What has been stated so far; what is stated first stays."""

    source: str
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, FieldOrigin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, fields: Mapping[str, Any], origin: FieldOrigin) -> None:
        for name, value in fields.items():
            if value is None or value in ((), ""):
                continue
            if name not in self.values:
                self.values[name] = value
                self.origins[name] = origin
            elif name in _COMPARED and _differs(name, self.values[name], value):
                self.problems.append(self._conflict(name, value, origin))

    def _conflict(self, name: str, other: Any, origin: FieldOrigin) -> Problem:
        taken, taken_from = self.values[name], self.origins[name]
        return Problem(
            kind=ProblemKind.GOVERNANCE_CONFLICT,
            message=f"{self.source}: {name} is {taken} in the {_spoken(taken_from)} and {other} in the "
            f"{_spoken(origin)}. {taken} was taken. Correct whichever is wrong.",
        )


def read_governance(
    parsed: ParsedSource,
    *,
    source: str,
    sidecar: Mapping[str, Any] | None = None,
    folder_settings: Mapping[str, Any] | None = None,
    site: str | None = None,
) -> tuple[Governance, tuple[Problem, ...]]:
    """Reads who stands behind a document, since when it is in force, for whom, and who may read it.

    Args:
        parsed: the document's words, properties and front matter.
        source: its path relative to the ingested folder.
        sidecar: what the institution wrote for this file.
        folder_settings: what it wrote for the folder, inner files already laid over outer ones.
        site: the site that the ingest names; it counts where no sidecar, folder file or front matter names one.

    Returns:
        The governance record with the origin of each field, and what is impossible or contradictory in it.

    Raises:
        SettingsError: the sidecar or the folder file has an unknown key or an unusable value.
    """
    folder = validate_folder_file(folder_settings or {}, f"The folder file for {source}")
    own = validate_sidecar(sidecar or {}, f"The sidecar of {source}", folder.date_order)
    order = own.date_order or folder.date_order or order_written(parsed.text) or DateOrder.MONTH_DAY_YEAR
    collected = _Collected(source)
    collected.add(own.stated(), FieldOrigin.SIDECAR)
    collected.add(folder.stated(), FieldOrigin.FOLDER_FILE)
    _add_front_matter(collected, parsed, order)
    collected.add({"site": site.strip() if site else None}, FieldOrigin.ARGUMENT)
    _add_properties(collected, parsed, order)
    _add_header(collected, parsed, order)
    collected.add({"roles": folder.default_roles}, FieldOrigin.FOLDER_FILE)
    _settle_effective_date(collected)
    _settle_classification(collected, {"sidecar": sidecar, "folder file": folder_settings}, parsed.front_matter)
    if (collected.values.get("site") or "").casefold() == EVERY_SITE:
        collected.values["site"] = None
    collected.problems.extend(contradictions(collected.values, source, order))
    governance = Governance(**collected.values, origins=collected.origins)
    return governance, tuple(collected.problems)


def _add_front_matter(collected: _Collected, parsed: ParsedSource, order: DateOrder) -> None:
    fields, problems = front_matter_fields(parsed.front_matter, collected.source, order)
    collected.add(fields, FieldOrigin.FRONT_MATTER)
    collected.problems.extend(problems)


def _add_properties(collected: _Collected, parsed: ParsedSource, order: DateOrder) -> None:
    fields, problems = property_fields(parsed.properties, collected.source, order)
    collected.add(fields, FieldOrigin.PROPERTIES)
    collected.problems.extend(problems)


def _add_header(collected: _Collected, parsed: ParsedSource, order: DateOrder) -> None:
    """Adds what the document itself shows, and what its file name does."""
    lines = with_whole_labels(governance_lines(parsed))
    pairs = find_pairs(lines)
    header = read_header(pairs, lines, order)
    collected.problems.extend(header_problems(header, collected.source, set(collected.values)))
    stem = PurePosixPath(collected.source).stem
    words = f"{' '.join(line.text for line in lines)} {parsed.properties.get('title', '')} {parsed.text}"
    file_number = number_in_file_name(stem, words)
    number = _header_number(header, file_number, parsed.text)
    _add_title(collected, parsed, labelled_title(pairs, lines), number or file_number)
    title = collected.values["title"]
    if number is not None:
        number = with_suffix(number, (title, stem, parsed.properties.get("title", "")))
        collected.add({"reference_number": number}, FieldOrigin.HEADER_BLOCK)
    else:
        collected.add({"reference_number": file_number}, FieldOrigin.FILE_NAME)
    collected.add(dates_of(header).stated(), FieldOrigin.HEADER_BLOCK)
    _add_status(collected, header, stem)
    populations = populations_of(title, collected.values.get("reference_number"), parsed.text)
    stated = {
        "owner": header.owner,
        "approver": header.approver,
        "supersedes": header.supersedes,
        "version": header.version,
        "audience": header.audience,
        "applies_to": tuple(dict.fromkeys((*populations, *header.applies_to))),
    }
    collected.add(stated, FieldOrigin.HEADER_BLOCK)


def _add_title(collected: _Collected, parsed: ParsedSource, labelled: str | None, number: str | None) -> None:
    source = collected.source
    collected.add({"title": labelled}, FieldOrigin.HEADER_BLOCK)
    if "title" not in collected.values:
        written = title_from_property(parsed.properties.get("title", ""), parsed, source, number)
        collected.add({"title": written}, FieldOrigin.PROPERTIES)
    if "title" not in collected.values:
        collected.add({"title": first_heading(parsed, source, number)}, FieldOrigin.HEADER_BLOCK)
    if "title" not in collected.values:
        collected.add({"title": readable_name(source).strip() or source or "Untitled"}, FieldOrigin.FILE_NAME)


def _header_number(header: Header, file_number: str | None, text: str) -> str | None:
    """The number the header states. Where it shows several, the one that the file name bears out."""
    numbers = [number for number, pair in header.numbers if not _is_an_entry(number, pair, text)]
    if not numbers:
        return None
    if file_number is not None:
        for number in numbers:
            if number_key(number) == number_key(file_number):
                return number
    return numbers[0]


def _is_an_entry(number: str, pair: Pair, text: str) -> bool:
    """Whether "Policy 930: Hand Hygiene" is an entry of a table of contents, which has more of the same kind."""
    if not re.match(rf"\W*{re.escape(number)}\s?[:–—-]\s*\w", pair.value):
        return False
    entries = re.findall(rf"(?im)^\W*{re.escape(pair.name)}[\s:]*(\S*\d\S*?)\s?[:–—-]\s", text)
    return len({number_key(entry) for entry in entries}) > 2


def _add_status(collected: _Collected, header: Header, stem: str) -> None:
    """The status that a label, a watermark, the title or the file name gives; active where nothing says otherwise."""
    status = header.status or status_in_title(collected.values["title"])
    if status is None and header.superseded_by:
        status = Status.SUPERSEDED
    if status is None and header.date_of(Label.RETIRED) is not None:
        status = Status.RETIRED
    collected.add({"status": status}, FieldOrigin.HEADER_BLOCK)
    if "status" not in collected.values and re.search(r"(?:^|[\s_.-])draft(?:[\s_.-]|\d|$)", stem, re.IGNORECASE):
        collected.add({"status": Status.DRAFT}, FieldOrigin.FILE_NAME)
        collected.problems.append(
            Problem(
                kind=ProblemKind.GOVERNANCE_CONFLICT,
                message=f"{collected.source} is taken for a draft because its name says so, and is not answered from. "
                "If it is in force, rename it, or write `status: active` in its sidecar.",
            )
        )


def _settle_effective_date(collected: _Collected) -> None:
    """Words cannot have been in force before they were written: see ``dating``. What the institution wrote stays."""
    effective, revised = collected.values.get("effective_date"), collected.values.get("revised_date")
    read_from_header = collected.origins.get("effective_date") in (None, FieldOrigin.HEADER_BLOCK)
    if revised is not None and read_from_header and (effective is None or effective < revised):
        collected.values["effective_date"] = revised
        collected.origins["effective_date"] = collected.origins["revised_date"]


def _settle_classification(
    collected: _Collected, written: Mapping[str, Mapping[str, Any] | None], front_matter: Mapping[str, Any]
) -> None:
    """Internal-only as soon as any file says so; only the document's own sidecar can say otherwise."""
    sources = {**written, "front matter": front_matter}
    found = classified(sources)
    if found is not None:
        collected.values["classification"], collected.origins["classification"] = found
    for place, value in unknown_classifications(sources):
        message = (
            f"{collected.source}: classification is {value!r} in the {place}, which is neither 'shareable' nor "
            "'internal-only'. The document is taken for internal-only. Correct it and ingest again."
        )
        collected.problems.append(Problem(kind=ProblemKind.GOVERNANCE_CONFLICT, message=message))


def _differs(name: str, one: Any, other: Any) -> bool:
    if name == "reference_number":
        return number_key(one) != number_key(other)
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() != other.casefold()
    return bool(one != other)


def _spoken(origin: FieldOrigin) -> str:
    return origin.value.replace("_", " ")
