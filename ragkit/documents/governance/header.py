"""What the header of a document states, each value with the words it was read from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ragkit.documents.governance.dates import DateOrder, FoundDate, find_dates
from ragkit.documents.governance.governance import Status
from ragkit.documents.governance.labels import DATE_LABELS, NUMBER_LABELS, OFFICE, Label
from ragkit.documents.governance.lines import Line, Place
from ragkit.documents.governance.numbers import leading_number, number_key
from ragkit.documents.governance.pairs import Pair

_PLACES = [Place.HEADER, Place.TOP, Place.RUNNING, Place.END]
_LATEST_OF_SEVERAL = {
    Label.REVISED,
    Label.REVIEWED,
    Label.REVIEWED_OR_REVISED,
    Label.EFFECTIVE,
    Label.APPROVED_ON,
    Label.DATE,
}


@dataclass(frozen=True)
class DateFact:
    """A date that stands behind a label.

    Attributes:
        value: the date.
        last_day: the last day that the writing covers ("October 2017": the 31st).
        text: as written.
        pair: the label and line it was read from.
    """

    value: date
    last_day: date
    text: str
    pair: Pair


@dataclass(frozen=True)
class Header:
    """What the header states.

    Attributes:
        dates: for each label of a date, the facts in the order in which they are believed.
        impossible: dates that do not exist, with their pair.
        numbers: reference numbers, most trustworthy first.
        approver, owner, supersedes, superseded_by, version: as written, None where not stated.
        status: as stated by a label or by a word that stands alone ("DRAFT").
        applies_to, audience: as written, split at commas.
    """

    dates: dict[Label, list[DateFact]] = field(default_factory=dict)
    impossible: tuple[tuple[Pair, str], ...] = ()
    numbers: tuple[tuple[str, Pair], ...] = ()
    approver: str | None = None
    owner: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    version: str | None = None
    status: Status | None = None
    applies_to: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()

    def date_of(self, label: Label) -> DateFact | None:
        """The most trustworthy date behind ``label``."""
        facts = self.dates.get(label)
        return facts[0] if facts else None


def read_header(pairs: Sequence[Pair], lines: Sequence[Line], order: DateOrder) -> Header:
    """Reads the typed values out of label and value pairs."""
    believed = sorted(pairs, key=_trust)
    dates, impossible = _dates(believed, order)
    return Header(
        dates=dates,
        impossible=tuple(impossible),
        numbers=tuple(_numbers(believed)),
        approver=_approver(pairs, lines),
        owner=_owner(believed),
        supersedes=_named(_text(believed, Label.SUPERSEDES)),
        superseded_by=_text(believed, Label.SUPERSEDED_BY),
        version=_version(believed),
        status=_stated_status(believed) or status_of_lines(lines),
        applies_to=split_list(_text(believed, Label.APPLIES_TO) or ""),
        audience=split_list(_text(believed, Label.AUDIENCE) or "") or _audience_line(lines),
    )


def _trust(pair: Pair) -> tuple[bool, int, int]:
    return (not pair.plain, _PLACES.index(pair.line.place), pair.line.index)


def _dates(pairs: Sequence[Pair], order: DateOrder) -> tuple[dict[Label, list[DateFact]], list[tuple[Pair, str]]]:
    dates: dict[Label, list[DateFact]] = {}
    impossible: list[tuple[Pair, str]] = []
    for pair in pairs:
        label = pair.label
        if label is Label.APPROVER:
            label = Label.APPROVED_ON
        if label not in DATE_LABELS:
            continue
        found = _leading_dates(pair.value, order)
        impossible.extend((pair, one.text) for one in found if one.value is None)
        existing = [one for one in found if one.value is not None and one.last_day is not None]
        if not existing:
            continue
        ranked = sorted(existing, key=lambda one: one.value or date.min)
        chosen = ranked[-1] if label in _LATEST_OF_SEVERAL else ranked[0]
        if chosen.value is not None and chosen.last_day is not None:
            dates.setdefault(label, []).append(DateFact(chosen.value, chosen.last_day, chosen.text, pair))
    return dates, impossible


def _leading_dates(value: str, order: DateOrder) -> list[FoundDate]:
    """The dates with which a value begins: one, or a list of them ("1/99, 3/02, 11-02-24")."""
    leading: list[FoundDate] = []
    end = 0
    for found in find_dates(value, order, labelled=True):
        between = value[end : found.start]
        if not re.fullmatch(r"[\s,;&(*:|]*(?:and|on|as of)?[\s,;&(*]*", between):
            break
        leading.append(found)
        end = found.end
    return leading


def _numbers(pairs: Sequence[Pair]) -> list[tuple[str, Pair]]:
    """Numbers behind a label. At the end of a document a number is often one that it refers to."""
    numbers = [
        (number, pair)
        for pair in pairs
        if pair.label in NUMBER_LABELS and (number := leading_number(pair.value)) is not None
    ]
    stated = [(number, pair) for number, pair in numbers if pair.line.place is not Place.END]
    at_end = [(number, pair) for number, pair in numbers if pair.line.place is Place.END]
    if len({number_key(number) for number, _ in at_end}) == 1:
        stated += at_end[:1]
    return stated


def _text(pairs: Sequence[Pair], label: Label) -> str | None:
    for pair in pairs:
        if pair.label is label and (value := _without_rules(pair.value)):
            return value
    return None


def _named(text: str | None) -> str | None:
    """Text that says something: a few letters or a figure."""
    return text if text is not None and re.search(r"\d|[A-Za-z]{3}", text) else None


def _without_rules(text: str) -> str:
    """The words without the lines to sign on."""
    return re.sub(r"\s{2,}", " ", re.sub(r"_{2,}|\.{4,}", " ", text)).strip(" ,;:|")


def _owner(pairs: Sequence[Pair]) -> str | None:
    """The owner; a department or an author only where no owner is named."""
    owners = [pair for pair in pairs if pair.label is Label.OWNER and _without_rules(pair.value)]
    owners.sort(key=lambda pair: _owner_rank(pair.name.casefold()))
    return _without_rules(owners[0].value) if owners else None


def _owner_rank(name: str) -> int:
    ranks = ("owner", "responsib", "maintain", "custodian", "lead", "owning", "department", "dept", "division")
    return next((rank for rank, word in enumerate(ranks) if word in name), len(ranks))


def _approver(pairs: Sequence[Pair], lines: Sequence[Line]) -> str | None:
    """Everybody who signed, as the document says it: "Administrator: Jane Roe; Medical Director: John Doe, MD"."""
    signed: list[str] = []
    heads = [pair.line.index for pair in pairs if pair.label is Label.APPROVER]
    for pair in pairs:
        value = _without_rules(pair.value)
        if not _NAMED.match(value) or _leading_dates(value, DateOrder.MONTH_DAY_YEAR):
            continue
        if pair.label is Label.SIGNATORY and (pair.line.place is Place.HEADER or _near(pair.line.index, heads)):
            signed.append(f"{pair.name}: {value}")
        elif pair.label is Label.APPROVER and pair.line.place is not Place.RUNNING:
            signed.append(_without_date(value).replace("\t", "; "))
            signed.extend(_further_offices(lines[pair.value_index + 1 : pair.value_index + 4]))
    return "; ".join(dict.fromkeys(signed)) or None


_NAMED = re.compile(
    r"(?!(?:date|title|name|print|sign|today|assigned|phone|comments?|yes|no)\b)(?:[A-Z]\w|[“\"]\w)", re.IGNORECASE
)
"""Something that can be a name or an office, and not the words of a form that is to be filled in."""


def _without_date(value: str) -> str:
    """An approver ("Pharmacy Committee 3/2024") without the day of the approval."""
    dates = find_dates(value, labelled=True)
    return value[: dates[0].start].rstrip(" ,;:(–—-") if dates and dates[0].start > 0 else value


def _further_offices(lines: Sequence[Line]) -> list[str]:
    """The offices below further lines to sign on: "Director, Pharmacy" / "Medical Director"."""
    offices: list[str] = []
    for line in lines:
        if not OFFICE.match(line.text) or ":" in line.text or line.place is not Place.HEADER:
            break
        offices.append(_without_rules(line.text).replace("\t", "; "))
    return offices


def _near(index: int, others: Sequence[int]) -> bool:
    return any(0 <= index - other <= 3 for other in others)


def _version(pairs: Sequence[Pair]) -> str | None:
    """A version label; "Revision: 4" is one too, "Revision: 4/2024" is a date."""
    for pair in pairs:
        if pair.label in (Label.VERSION, Label.REVISED):
            match = re.match(r"[Vv]?\.?\s*(\d{1,3}(?:\.\d{1,3})*[a-z]?)(?![\w/.-])", pair.value)
            if match and not find_dates(pair.value, labelled=True):
                return match.group(1)
    return None


_STATUS_WORDS: tuple[tuple[Status, str], ...] = (
    (Status.DRAFT, r"(?:proposed\s+)?draft|pending\s+approval"),
    (Status.IN_REVIEW, r"in\s+review|under\s+review|for\s+review(?:\s+only)?|in\s+revision"),
    (Status.SUPERSEDED, r"superseded|superceded|replaced"),
    (Status.RETIRED, r"retired|obsolete|archived?|inactive|rescinded|withdrawn|deleted|expired|discontinued"),
    (Status.ACTIVE, r"active|approved|published|final|current|in\s+force|effective"),
)
_ALONE = (
    r"[\W_]*(?:this\s+(?:policy|document|version)\s+(?:is|has\s+been)\s+)?(?:{0})"
    r"(?:\s+(?:copy|policy|document|version|protocol|v?\d[\d.]*))?(?:[\s–—:-]+(?:do\s+not\s+use|not\s+for\s+.{{3,40}}))?[\W_]*"
)


def status_named(text: str) -> Status | None:
    """The status that ``text`` as a whole names ("Draft", "archived"), None if it names none."""
    for status, words in _STATUS_WORDS:
        if re.fullmatch(rf"\W*(?:{words})\W*", text, re.IGNORECASE):
            return status
    return None


def _stated_status(pairs: Sequence[Pair]) -> Status | None:
    for pair in pairs:
        if pair.label is Label.STATUS and (status := status_named(pair.value)):
            return status
    return None


def status_of_lines(lines: Sequence[Line]) -> Status | None:
    """The status that a word standing alone in capitals gives ("DRAFT", "RETIRED - DO NOT USE"), as watermarks do."""
    for status, words in _STATUS_WORDS:
        if status is Status.ACTIVE:
            continue
        pattern = re.compile(_ALONE.format(words), re.IGNORECASE)
        for line in lines:
            letters = re.sub(r"[^A-Za-z]", "", line.text)
            if letters and letters.isupper() and pattern.fullmatch(line.text) and not line.text.rstrip().endswith(":"):
                return status
    return None


def split_list(text: str) -> tuple[str, ...]:
    """The items of "nurses, physicians and pharmacists"; empty if it is a sentence rather than a list."""
    items = [item.strip(" .;") for item in re.split(r"[,;/•\n]|\band\b|&", text)]
    items = [item for item in items if item]
    if len(text) > 160 or any(len(item.split()) > 6 for item in items):
        return ()
    return tuple(dict.fromkeys(items))


def _audience_line(lines: Sequence[Line]) -> tuple[str, ...]:
    """A line of the header that names the addressees in brackets: "(NURSES, PHYSICIANS)"."""
    for line in lines[:8]:
        match = re.fullmatch(r"\(([A-Z][A-Z ,/&-]{2,80})\)", line.text.strip())
        if match and line.place in (Place.HEADER, Place.TOP):
            return split_list(match.group(1))
    return ()
