"""The title: from its label, else the document properties, the first heading, the file name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from ragkit.documents.document import BlockKind
from ragkit.documents.governance.dates import find_dates
from ragkit.documents.governance.governance import Status
from ragkit.documents.governance.header import status_named
from ragkit.documents.governance.labels import NUMBER_LABELS, TITLE_LABELS, Label
from ragkit.documents.governance.lines import Line, Place
from ragkit.documents.governance.numbers import leading_number, number_key, without_file_number
from ragkit.documents.governance.pairs import Pair, real_labels
from ragkit.documents.parsed import ParsedSource

_LONGEST = 200
_NEAR_THE_TOP = 6
_MARKS = "*†‡§#❶❷❸❹❺❻❼❽❾❿①②③④⑤⑥⑦⑧⑨⑩¹²³"
_SECTION_WORDS = re.compile(
    r"^\W*(?:[IVX\d]+\.?\s+)?(?:purpose|policy|polic(?:y|ies) and procedures?|policies|procedures?|scope|general|"
    r"definitions?|principles?|background|introduction|overview|references?|cross references?|contents|"
    r"authority|sample|draft|form|attachments?|appendix|confidential|statement|policy statement|"
    r"responsibilit(?:y|ies))\W*$",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\b(?:county|city|state|department|university|government|province|republic)\s+of\b|"
    r"\b(?:agency|hospitals?|medical cent(?:er|re)|health (?:system|care|services?|authority|network)|healthcare|"
    r"health|trust|clinics?|inc\.?|llc|director|administrator)\W*$|^\W*(?:emergency medical services)\W*$",
    re.IGNORECASE,
)
_PROSE_WORDS = re.compile(r"\b(?:from|to|in|at|by|with|during|after|before|on|into)\b", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:\b(?:and|or|to|of|for|the|in|on|at|by|with|a|an|during|from)|[,/&–—-])\s*$", re.IGNORECASE)


def labelled_title(pairs: Sequence[Pair], lines: Sequence[Line]) -> str | None:
    """The title that stands behind a label ("SUBJECT:", "Policy Title"), with the lines on which it goes on.

    Where a running head has the same title with more of its words, those are taken.
    """
    candidates = [pair for pair in pairs if pair.label in TITLE_LABELS and _could_be_title(pair.value)]
    places = [Place.HEADER, Place.TOP, Place.RUNNING, Place.END]
    candidates.sort(
        key=lambda pair: (pair.label is Label.KIND_AND_TITLE, places.index(pair.line.place), pair.line.index)
    )
    titles = [title for pair in candidates if _could_be_title(title := clean(_with_next_lines(pair, lines)))]
    if not titles:
        return _title_behind_number(pairs)
    longer = [title for title in titles if title.casefold().startswith(titles[0].casefold())]
    return max(longer, key=len)


def _title_behind_number(pairs: Sequence[Pair]) -> str | None:
    """The title in "Policy 930: Hand Hygiene", as running lines have it."""
    for pair in pairs:
        if pair.label is Label.KIND_AND_NUMBER and (number := leading_number(pair.value)):
            rest = pair.value[pair.value.index(number) + len(number) :]
            title = clean(rest.lstrip(" :–—-.)"))
            if rest[:2].strip(" ")[:1] in (":", "-", "–", "—") and _could_be_title(title):
                return title
    return None


def _with_next_lines(pair: Pair, lines: Sequence[Line]) -> str:
    title = pair.value.split("\t")[0]
    title = f"{title} {_behind_number(lines[pair.value_index], title)}".strip()
    for line in lines[pair.value_index + 1 : pair.value_index + 6]:
        cell = line.cells[0]
        labels = real_labels(cell, line)
        text = (cell[: labels[0].start] if labels else cell).strip()
        if not text and labels and labels[0].label in (*NUMBER_LABELS, Label.PAGE):
            continue  # the number stands beside the title's first line
        if leading_number(text) == text:
            continue
        if not text or not _continues(title, text, line, pair.line):
            break
        title = f"{title} {text}"
        if labels or len(line.cells) > 1:
            break
    return title


def _behind_number(line: Line, title: str) -> str:
    """The second half of a title that was printed around its number: "PATIENT CARE NO. 310 AND TRANSPORT"."""
    for label in real_labels(line.cells[0], line):
        if label.label in NUMBER_LABELS and label.start > 0 and (number := leading_number(line.cells[0][label.end :])):
            rest = line.cells[0][line.cells[0].index(number, label.end) + len(number) :].strip()
            return rest if _is_upper(rest) and _is_upper(title) and not real_labels(rest, line) else ""
    return ""


def _continues(title: str, text: str, line: Line, first: Line) -> bool:
    if _is_acronym(text, title):
        return True
    if title.casefold().startswith(text.casefold()):
        return False  # the title again, as the heading of the page
    if text.startswith("(") or re.fullmatch(r"[\W\d_]*", text) or len(text) > 90 or _SECTION_WORDS.match(text):
        return False
    if line.place is Place.END or (line.place is Place.RUNNING) != (first.place is Place.RUNNING):
        return False
    if ":" in text or text.endswith("."):
        return False
    if _OPEN_END.search(title):
        return True
    if text.count(",") >= 2 and all(len(item.split()) <= 2 for item in text.split(",")):
        return False  # the addressees, printed beside the title
    if _is_institution(text):
        return False
    if _is_upper(title):
        return _is_upper(text)
    return line.place is Place.HEADER and len(text.split()) <= 8


def _is_institution(text: str) -> bool:
    """The name of a hospital, agency or department, and not a title that ends in one ("Code Blue, Hill Hospital")."""
    first = re.split(r"[,:|–—]|\s-\s", text)[0]
    return bool(_INSTITUTION.search(first)) and not _PROSE_WORDS.search(first)


def _is_acronym(text: str, title: str) -> bool:
    """As "(RRT)" below "Rapid Response Team": the initials of the words before it."""
    match = re.fullmatch(r"\(([A-Z]{2,8})s?\)", text)
    initials = "".join(word[0].upper() for word in re.findall(r"[A-Za-z]+", title))
    return match is not None and initials.endswith(match.group(1))


def _is_upper(text: str) -> bool:
    letters = re.sub(r"[^A-Za-z]", "", text)
    return len(letters) > 1 and sum(letter.isupper() for letter in letters) >= 0.85 * len(letters)


def clean(title: str) -> str:
    """A title without lines to write on, footnote marks, quotes around it and doubled white space."""
    title = re.sub(r"_{2,}|\t", " ", title)
    title = re.sub(r"\s*\(?\bpage\s+\d+(?:\s+of\s+\d+)?\)?\s*$", "", title, flags=re.IGNORECASE)
    title = re.sub(r"\s+", " ", title).strip(f" {_MARKS}:;|–—-")
    if len(title) > 2 and title[0] in "\"“'‘" and title[-1] in "\"”'’" and not re.search(r"[\"“”]", title[1:-1]):
        title = title[1:-1]
    return title


def _could_be_title(text: str) -> bool:
    text = text.strip()
    return (
        3 <= len(text) <= _LONGEST
        and bool(re.search(r"[A-Za-z]{2}", text))
        and not _SECTION_WORDS.match(text)
        and not (find_dates(text) and len(find_dates(text)[0].text) >= len(text) - 4)
        and not text.endswith(":")
    )


def title_from_property(value: str, parsed: ParsedSource, source: str, number: str | None) -> str | None:
    """The document property's title, if the document or its file name bears it out.

    Word processors keep the title of the template or of the file from which a document was copied, so a title that has
    nothing to do with the document's own words or name is worth nothing.
    """
    title = re.sub(r"^microsoft word\s*-\s*", "", value.strip(), flags=re.IGNORECASE)
    title = _without_site_name(title, parsed)
    title = re.sub(r"\.(?:docx?|pdf|rtf|odt|html?|txt|md)$", "", title, flags=re.IGNORECASE)
    title = clean(_without_number(title, number))
    if not _could_be_title(title) or _is_institution(title) or re.match(r"(?i)untitled|slide \d|document\d*$", title):
        return None
    words = _words(title)
    if not words:
        return None
    headings = " ".join(
        parsed.text[block.start : block.end] for block in parsed.blocks[:25] if block.kind is BlockKind.HEADING
    )
    opening = f"{headings} {parsed.text[:600]} {' '.join(parsed.running_lines)}"
    for words_here in (_words(readable_name(source)), _words(opening)):
        if len(words & words_here) >= 0.6 * len(words):
            return title
    return None


def _without_site_name(title: str, parsed: ParsedSource) -> str:
    """Of "Hand Hygiene | Policy Library", as web pages have it, the part that is a heading here, or the first."""
    parts = [part.strip() for part in re.split(r"\s[|»·]\s|\s::\s", title) if part.strip()]
    opening = parsed.text[:600].casefold()
    return next((part for part in parts if part.casefold() in opening), parts[0] if parts else title)


def status_in_title(title: str) -> Status | None:
    """The status in titles like "DRAFT: Hand Hygiene" and "Hand Hygiene (Retired)"."""
    match = re.match(r"^\W*(draft|retired|superseded|archived)\s*[:–—-]", title, re.IGNORECASE) or re.search(
        r"[(\[]\s*(draft|retired|superseded|archived)\s*[)\]]|[–—-]\s*(draft)\W*$", title, re.IGNORECASE
    )
    return status_named(next(group for group in match.groups() if group)) if match else None


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[a-z]{3,}", text.casefold()) if word not in ("and", "the", "for", "with")}


def first_heading(parsed: ParsedSource, source: str, number: str | None) -> str | None:
    """The first heading that is neither the institution's name nor the name of a section.

    A heading further down counts only if it has something in common with the file name: forms have headings, too.
    """
    named = _words(readable_name(source))
    for index, block in enumerate(parsed.blocks[:25]):
        written = parsed.text[block.start : block.end]
        text = clean(_without_number(written, number))
        if block.kind is not BlockKind.HEADING or not _could_be_title(text) or written.rstrip().endswith(":"):
            continue
        if _is_institution(text) or _is_sentence(text) or re.match(r"\W*(?:[IVX]+|[A-Z]|\d+)\.\s", text):
            continue
        if index < _NEAR_THE_TOP or named & _words(text):
            return text
    return None


def _is_sentence(text: str) -> bool:
    """Running words rather than a title: long, and mostly in lower case."""
    words = re.findall(r"[A-Za-z]{4,}", text)
    return len(words) > 6 and sum(word[0].islower() for word in words) > 0.6 * len(words)


def _without_number(title: str, number: str | None) -> str:
    """A title like "0310 Hand Hygiene" without the number, if it is the document's own."""
    if number is not None:
        title = re.sub(rf"\s+(?:No\.?\s*|#)?{re.escape(number)}\s*$", "", title)
    first = leading_number(title)
    if first is None or not title.startswith(first):
        return title
    rest = title[len(first) :].lstrip(" :–—-.")
    if not re.search(r"[A-Za-z]{2}", rest):
        return title
    own = number is not None and number_key(first).split("-")[0] == number_key(number).split("-")[0]
    return rest if own or re.match(r"0\d{2,}", first) else title


def readable_name(source: str) -> str:
    """A file name as words: "0310-F_Wound_Care_Checklist-apr25.pdf" is "Wound Care Checklist"."""
    stem = PurePosixPath(source.replace("\\", "/")).name
    stem = re.sub(r"(?:\.[A-Za-z]{1,5}){1,2}$", "", stem)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", stem)
    words = re.sub(r"[_\s]+|(?<=\w)-(?=\w)|\+", " ", words)
    months = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
    words = re.sub(rf"\s+(?:{months}\s?(?:20)?\d\d|(?:19|20)\d\d)\s*$", "", words, flags=re.IGNORECASE)
    without_number = without_file_number(stem, words)
    words = (without_number if re.search(r"[A-Za-z]{2}", without_number) else words).strip()
    return words[:1].upper() + words[1:] if words else stem
