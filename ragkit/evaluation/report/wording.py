"""How figures and names read, the same in every report."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from math import isfinite

from ragkit.evaluation.metrics.base import Metric
from ragkit.evaluation.record import Record


def figure(value: float, unit: str) -> str:
    """``93.4 %``, ``25 ms``, ``12.3``."""
    if unit == "share":
        return f"{value * 100:.1f} %"
    if unit == "ms":
        return f"{value:,.0f} ms" if abs(value) >= 10 else f"{value:.1f} ms"
    return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def count(number: int, noun: str) -> str:
    """``1 check``, ``3 checks``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def signed(value: float, unit: str) -> str:
    """``+1.2`` points of a share; with the sign, so that a loss is seen without colour."""
    shown = figure(abs(value), unit).replace(" %", " pp")
    if not any(digit in shown for digit in "123456789"):
        return f"±{shown}"
    return f"{'+' if value > 0 else '−'}{shown}"


def interval(low: float, high: float, unit: str) -> str:
    """``91.0 to 95.2 %``; in words where nothing is known."""
    if not (isfinite(low) and isfinite(high)):
        return "interval unknown: one cluster only"
    first, last = figure(low, unit), figure(high, unit)
    return f"{first.removesuffix(' %').removesuffix(' ms')} to {last}"


def direction(metric: Metric) -> str:
    """Which way is good, in words."""
    return "higher is better" if metric.higher_is_better else "lower is better"


def plain_name(name: str) -> str:
    """``unanswerable_near_miss`` as a person reads it."""
    return name.replace("_", " ")


def who_asked(record: Record) -> str:
    """Site, roles and day of a question: what the answer depends on beside the words."""
    question = record.question
    roles = "not signed in" if question.roles is None else f"roles: {', '.join(question.roles) or 'none'}"
    site = f"site {question.site}" if question.site else "no site"
    return " · ".join([site, roles, f"as of {question.as_of.isoformat()}" if question.as_of else "as of today"])


def variant_label(record: Record) -> str:
    """``paraphrase``, ``sex: female``; empty for the question's own words."""
    if record.variant is None:
        return ""
    kind = plain_name(record.variant.kind.value)
    return f"{kind}: {record.variant.group}" if record.variant.group else kind


def anchor(key: str) -> str:
    """An HTML id for a question id: unique, of harmless characters, the same in every run."""
    return slug("q", key)


def slug(prefix: str, name: str) -> str:
    """``prefix-name`` with harmless characters only; two names never meet."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
    return f"{prefix}-{safe}" if safe == name else f"{prefix}-{safe}-{sha256(name.encode()).hexdigest()[:8]}"


def printable(text: str) -> str:
    """Without characters that XML forbids and that a terminal or browser might obey; they become U+FFFD.

    Control characters (tab, line feed and carriage return aside), lone surrogates, non-characters, and the marks that
    turn the direction of writing, which can make a quote read otherwise than it is.
    """
    return "".join(character if _harmless(character) else "\ufffd" for character in text)


def _harmless(character: str) -> bool:
    if character in "\t\n\r":
        return True
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return False
    return unicodedata.category(character) not in {"Cc", "Cs"}
