"""Labels and their values: after a colon, in the next cell, on the next line, several on one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ragkit.documents.governance.dates import find_dates
from ragkit.documents.governance.labels import (
    DATE_LABELS,
    NUMBER_LABELS,
    TITLE_LABELS,
    FoundLabel,
    Label,
    label_of,
    labels_in,
)
from ragkit.documents.governance.lines import Line, Place
from ragkit.documents.governance.numbers import leading_number, trailing_number

_BLANK = re.compile(r"^[\s_.…:\-–—*]*$")
_NO_VALUE = re.compile(r"^(?:n/?a|none|new|nil|not applicable|tbd|pending)\W*$", re.IGNORECASE)
_HALF_A_LABEL = re.compile(r"(?:\s*\b(?:date|of|last|next|most|recent|original|first|policy))+", re.IGNORECASE)
_FAR_DOWN = 12


@dataclass(frozen=True)
class Pair:
    """A label and its value.

    Attributes:
        label: what the label announces.
        value: the words that belong to it.
        line: where the label stands.
        plain: the label stands at the start of a cell or has a colon, so that it can hardly be part of a sentence.
        name: the words of the label.
        value_index: the index of the line on which the value stands.
    """

    label: Label
    value: str
    line: Line
    plain: bool
    name: str
    value_index: int


@dataclass(frozen=True)
class _Waiting:
    label: FoundLabel
    line: Line


def find_pairs(lines: Sequence[Line]) -> list[Pair]:
    """All label and value pairs in ``lines``, in their order."""
    pairs: list[Pair] = []
    waiting: list[_Waiting] = []
    for line in lines:
        found = _labels_of_cells(line)
        if not any(labels for _, labels in found):
            pairs.extend(_values_of(waiting, line))
            waiting = []
            continue
        before = found[0][0][: found[0][1][0].start].strip() if found[0][1] else found[0][0]
        if waiting and before and not _BLANK.match(before):
            pairs.extend(_values_of(waiting, Line(before, line.place, line.heading, line.index)))
            waiting = []
        new_pairs, new_waiting = _pairs_of_cells(found, line)
        pairs.extend(new_pairs)
        # "Title:" / "Number:" / value / value: labels below each other keep waiting, until a line has its own values
        waiting = [*(waiting if not new_pairs else []), *new_waiting]
    return pairs


def with_whole_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines, with a label put together that was broken over two ("Date last" / "reviewed")."""
    whole = list(lines)
    for index, (line, following) in enumerate(pairwise(lines)):
        if line.place is not Place.HEADER or following.place is not Place.HEADER or len(line.text.split()) > 3:
            continue
        joined = f"{line.text} {following.cells[0]}"
        open_end = _HALF_A_LABEL.fullmatch(line.text) is not None or label_of(following.cells[0]) is None
        if label_of(line.text) is None and open_end and label_of(joined) in DATE_LABELS:
            whole[index] = replace(line, text="")
            whole[index + 1] = replace(following, text="\t".join([joined, *following.cells[1:]]))
    return whole


def _labels_of_cells(line: Line) -> list[tuple[str, list[FoundLabel]]]:
    """The cells of a line with the labels in each; the cell after a cell that is all label is its value."""
    found: list[tuple[str, list[FoundLabel]]] = []
    is_value = False
    for cell in line.cells:
        whole = _whole_label(cell) if len(line.cells) > 1 and line.place is Place.HEADER else None
        if whole is not None:
            found.append((cell, [whole]))
        else:
            found.append((cell, [] if is_value else real_labels(cell, line)))
        is_value = whole is not None
    return found


def _whole_label(cell: str) -> FoundLabel | None:
    label = label_of(cell) if len(cell) <= 50 else None
    if label in (None, Label.KIND_AND_TITLE, Label.KIND_AND_NUMBER, Label.OTHER, Label.SIGNATORY, Label.PAGE):
        return None
    return FoundLabel(label, 0, len(cell), cell.rstrip(" :"), colon=True) if label is not None else None


def _pairs_of_cells(found: list[tuple[str, list[FoundLabel]]], line: Line) -> tuple[list[Pair], list[_Waiting]]:
    pairs: list[Pair] = []
    waiting: list[_Waiting] = []
    position = 0
    while position < len(found):
        cell, labels = found[position]
        next_is_value = position + 1 < len(found) and not found[position + 1][1]
        for number, label in enumerate(labels):
            is_last = number + 1 == len(labels)
            value = cell[label.end : len(cell) if is_last else labels[number + 1].start].strip()
            if _BLANK.match(value) and is_last and next_is_value:
                position += 1
                value = found[position][0]
            if _BLANK.match(value):
                waiting.append(_Waiting(label, line))
            else:
                pairs.append(_pair(label, value, line))
        position += 1
    return pairs, waiting


def _pair(label: FoundLabel, value: str, line: Line) -> Pair:
    value = "" if _NO_VALUE.match(value) else value.strip(" \t|;")
    plain = label.colon or (label.start == 0 and not line.text.startswith(("(", "[")))
    return Pair(label.label, value, line, plain, label.text, line.index)


def _values_of(waiting: Sequence[_Waiting], line: Line) -> list[Pair]:
    """Gives the cells of a line without labels to the labels that wait for a value."""
    waiting = [one for one in waiting if one.line.place is line.place or line.index - one.line.index == 1]
    if len(waiting) > 1 and waiting[-1].label.label is Label.SIGNATORY:
        waiting = waiting[-1:]  # "Approved: Medical Director:" above a name
    if not waiting or not line.text:
        return []
    cells = [cell for cell in line.cells if not _BLANK.match(cell)]
    if len(cells) == len(waiting):
        given = list(zip(waiting, cells, strict=True))
    elif len(cells) == 1 and len(waiting) == 2:
        given = _shared(waiting[0], waiting[1], cells[0])
    else:
        given = [(waiting[-1], line.text)] if len(waiting) == 1 else []
    return [
        Pair(one.label.label, value, one.line, True, one.label.text, line.index)
        for one, value in given
        if _fits(one.label.label, value)
    ]


def _shared(first: _Waiting, second: _Waiting, text: str) -> list[tuple[_Waiting, str]]:
    """One text for two labels ("Title: Number:" above "Hand Hygiene 302"): the number tells where to cut."""
    if second.label.label in NUMBER_LABELS and (number := trailing_number(text)):
        return [(first, text[: text.rindex(number)].strip()), (second, number)]
    if first.label.label in NUMBER_LABELS and (number := leading_number(text)):
        return [(first, number), (second, text[text.index(number) + len(number) :].strip())]
    return []


def _fits(label: Label, value: str) -> bool:
    """Whether the words on the next line can be the label's value at all."""
    if label in DATE_LABELS:
        dates = find_dates(value, labelled=True)
        return bool(dates) and dates[0].start <= 3
    if label in NUMBER_LABELS:
        return leading_number(value) is not None
    if label is Label.SIGNATORY:
        return re.match(r"(?:[A-Z][\w.'’-]*[\s,]+){1,4}[A-Z]", value) is not None
    return len(value) <= 200


def real_labels(cell: str, line: Line) -> list[FoundLabel]:
    """The labels of a cell that announce something here, and are not words of a title or a sentence."""
    real: list[FoundLabel] = []
    for label in labels_in(cell):
        before = cell[: label.start]
        starts = not re.search(r"\w", before)
        after_label = bool(real)
        if _announces(label, cell, line, starts=starts, after_label=after_label):
            real.append(label if not starts else _at_start(label))
    return real


def _at_start(label: FoundLabel) -> FoundLabel:
    """The label with the bullet or bracket before it, so that nothing is left over in front."""
    return replace(label, start=0)


def _announces(label: FoundLabel, cell: str, line: Line, *, starts: bool, after_label: bool) -> bool:
    rest = cell[label.end :]
    if label.label is Label.PAGE:
        return starts or bool(re.search(r"\d", label.text))
    if label.label in NUMBER_LABELS:
        return _announces_number(label, cell, line, starts=starts, after_label=after_label)
    if label.label in DATE_LABELS:
        dates = find_dates(rest[:40], labelled=True)
        dated = bool(dates) and not re.search(r"[A-Za-z]{2}", rest[: dates[0].start])
        if label.colon or dated:
            return starts or label.colon or line.place in (Place.HEADER, Place.RUNNING) or "(" in cell[: label.start]
        bare = label.text.casefold() in ("review", "reviews")
        return starts and not rest.strip() and not bare and line.place is Place.HEADER
    if label.label in TITLE_LABELS or label.label in (Label.OWNER, Label.OTHER, Label.APPLIES_TO, Label.AUDIENCE):
        return _announces_text(label, line, rest, starts=starts, after_label=after_label)
    if label.label in (Label.APPROVER, Label.SIGNATORY, Label.STATUS, Label.VERSION):
        in_header = line.place is Place.HEADER
        if label.label is Label.VERSION and starts and re.match(r"\s*v?\d", rest):
            return True
        if label.label is Label.SIGNATORY and not label.colon:
            # "Director, Pharmacy" below a signature line is an office; "Medical Director Jane Roe, MD" has a name
            named = (starts or after_label) and bool(re.match(r"\s+[A-Z][\w.'’-]+\s+[A-Z]", rest))
            return in_header and (named or (after_label and not rest.strip()))
        return (label.colon and (starts or after_label)) or (
            starts and (not rest.strip() or " by" in label.text.lower())
        )
    return label.colon or (starts and line.place in (Place.HEADER, Place.RUNNING))


def _announces_text(label: FoundLabel, line: Line, rest: str, *, starts: bool, after_label: bool) -> bool:
    if label.label is Label.KIND_AND_TITLE:
        titled = line.place in (Place.HEADER, Place.RUNNING) or (line.index < _FAR_DOWN and _has_number_label(rest))
        return starts and titled and len(rest.split()) <= 20
    if line.place is Place.END or (line.place is Place.TOP and line.index > _FAR_DOWN):
        return False
    if label.colon:
        return starts or after_label
    several_words = " " in label.text or label.text.casefold() == "owner"
    named = starts and label.label in (Label.TITLE, Label.OWNER) and several_words
    return named and (not rest.strip() or line.place is Place.HEADER)


def _has_number_label(text: str) -> bool:
    return any(label.label in NUMBER_LABELS for label in labels_in(text))


def _announces_number(label: FoundLabel, cell: str, line: Line, *, starts: bool, after_label: bool) -> bool:
    rest = cell[label.end :]
    before = cell[: label.start].strip(" .*•([")
    number = leading_number(rest)
    if not starts and re.fullmatch(r"(?:no|nr|num|number|id|code|#)\.?", label.text, re.IGNORECASE):
        return False  # "Form No. 12" within a title
    if number is None:
        named = label.label is Label.NUMBER and len(label.text) > 3
        return (
            named and not rest.strip(" _.:") and (label.colon or line.place is Place.HEADER) and (starts or after_label)
        )
    tail = rest[rest.index(number) + len(number) :].lstrip(" )]*")
    if starts and label.label is Label.NUMBER and label.colon:
        return True
    in_header = line.place in (Place.HEADER, Place.RUNNING)
    if tail and after_label and in_header and label.label is Label.NUMBER and not tail.startswith(","):
        return True
    if tail and not _ends_a_number(tail):
        # "Policy 930: Hand Hygiene" as a running line, a heading or a first line; "Ref. No. 931, Transfer" is a mention
        titled = re.match(r"\s?[:–—-]\s*[A-Z\"“(]", tail) is not None
        return starts and titled and (line.place is Place.RUNNING or line.heading or line.index < _FAR_DOWN // 2)
    return starts or after_label or _not_prose(before) or in_header


def _ends_a_number(tail: str) -> bool:
    following = labels_in(tail)
    return bool(following) and following[0].start == 0


def _not_prose(text: str) -> bool:
    """A heading in capitals or title case, as opposed to the words of a sentence."""
    words = [word for word in re.findall(r"[A-Za-z]+", text) if len(word) > 3]
    return bool(words) and all(word[0].isupper() for word in words) and len(words) <= 10
