"""Reference numbers: "302", "310-P", "IC-204", "12.4a", "RX.02.01", and the ones in file names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragkit.documents.governance.dates import find_dates

_DASHES = r"\-‐‑‒–—"
_NUMBER = re.compile(
    rf"""(?:(?-i:[A-Z]{{1,6}})[ ])?                 # "IC 204"
         (?=[A-Za-z./_{_DASHES}]*\d)                # some digit in the first run
         [A-Za-z0-9]+(?:[./_{_DASHES}][A-Za-z0-9]+)*
         (?:\s[{_DASHES}]\s?(?-i:[A-Z])(?![A-Za-z]))?  # "310 - P"
    """,
    re.VERBOSE,
)
_LONGEST = 28


def leading_number(text: str) -> str | None:
    """The reference number with which ``text`` begins, as written; None if it begins with something else."""
    text = text.lstrip(" \t:#.([")
    match = _NUMBER.match(text)
    if match is None:
        return None
    number = match.group().rstrip(".-/_")
    following = text[match.end() : match.end() + 1]
    if len(number) > _LONGEST or following == "%" or _is_a_date(text, match.end()):
        return None
    return (
        number if re.search(r"\d", number) and not re.fullmatch(r"\d+(?:st|nd|rd|th|mg|ml|kg)", number, re.I) else None
    )


def trailing_number(text: str) -> str | None:
    """The reference number with which ``text`` ends, as written."""
    match = re.search(r"(?:^|\s)(\S*\d\S*)$", text.strip())
    return leading_number(match.group(1)) if match else None


def number_key(number: str) -> str:
    """A reference number for comparison: case, zeros in front, the kind of dash and white space do not count.

    "0310-f", "310-F" and "310 – F" are the same number; "310" and "310-F" are not.
    """
    plain = re.sub(rf"\s*[{_DASHES}_/]\s*", "-", number.strip().casefold())
    plain = re.sub(r"\s+", "-", plain)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", plain)


_FILE_NUMBER = re.compile(
    r"(?:(?:policy|procedure|protocol|guideline|form|reference|ref|sop|doc|no)[ _.#-]*)?"
    r"(?P<number>(?:(?-i:[A-Z]{1,5}[-_]){2,3}|[A-Za-z]{1,4}[-_ ]?)?\d[\dA-Za-z]*"
    r"(?:[._-]\d{1,3}[a-z]?(?![\dA-Za-z]))*(?:-[A-Z](?![A-Za-z0-9]))?)",
    re.IGNORECASE,
)


def number_in_file_name(stem: str, words: str) -> str | None:
    """The reference number with which a file name begins, written as the document's own words write it.

    Args:
        stem: the file name without folder and suffix ("0310-02-wound-care").
        words: the document's words, in which the number is looked up ("310.02").

    Returns:
        The number; zeros in front, which serve to sort files, are kept only if the document writes them, too.
        None where the name begins with no number or with something else that has digits ("2024-05-01 minutes",
        "12-lead ECG", "COVID-19").
    """
    match = _FILE_NUMBER.match(stem)
    if match is None or (find_dates(stem) and find_dates(stem)[0].start == 0):
        return None
    number = re.sub(r"[_ ]", "-", match.group("number"))
    if not _long_enough(number) or re.fullmatch(r"(?:19|20)\d\d", number):
        return None
    return _as_written(number, words) or re.sub(r"^0+(?=\d{2})", "", number)


def _long_enough(number: str) -> bool:
    """Whether figures at the start of a file name look like a number, unlike those of "12-lead ECG" or "COVID-19"."""
    return "." in number or max(len(run) for run in re.findall(r"\d+", number)) >= 3


def without_file_number(stem: str, words: str) -> str:
    """The words of a file name without the number with which it begins.

    Args:
        stem: the file name without folder and suffix.
        words: the same with spaces between its words.
    """
    match = _FILE_NUMBER.match(stem)
    if match is None or not _long_enough(match.group()):
        return words
    count = len(re.findall(r"[A-Za-z0-9.]+", match.group()))
    return re.sub(rf"^(?:\W*[A-Za-z0-9.]+){{{count}}}\W*", "", words)


def _as_written(number: str, words: str) -> str | None:
    parts = [re.escape(part.lstrip("0") or "0") for part in re.split(r"[._-]", number)]
    pattern = r"[\s.\-–_]?".join(rf"0*{part}" for part in parts)
    match = re.search(rf"(?<![\w.]){pattern}(?![\w])(?!\.\d)", words, re.IGNORECASE)
    return match.group() if match and "\n" not in match.group() else None


def with_suffix(number: str, names: Iterable[str]) -> str:
    """The number with the suffix that a title or file name shows ("310" and "310-P Wound Care": "310-P").

    Two documents whose numbers differ in nothing but a suffix are twins (adult and pediatric, policy and form), never
    versions of each other, so a suffix that stands anywhere must not get lost. Only a single letter counts as one.
    """
    parts = [re.escape(part) for part in re.split(rf"[.{_DASHES}_/ ]", number) if part]
    base = r"[.\-–_/ ]".join(parts)
    for name in names:
        match = re.search(rf"(?<![A-Za-z0-9.])0*{base}(?P<suffix>\s?[{_DASHES}_]\s?(?-i:[A-Z])(?![A-Za-z0-9'’]))", name)
        if match:
            return number + "-" + match.group("suffix")[-1]
    return number


def _is_a_date(text: str, end: int) -> bool:
    dates = find_dates(text[: end + 12])
    return bool(dates) and dates[0].start == 0
