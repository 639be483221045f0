"""Full-text search: how words are indexed, how a question becomes a match expression, and the BM25 search itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from ragkit.store.database import Database
from ragkit.store.postings import HEADING_WEIGHT
from ragkit.store.rows import Hit

_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?:,\d{3})+)(?![\d,])")
_BARE_DECIMAL = re.compile(r"(?<![\w.])\.(?=\d)")
_MICRO = re.compile(r"[µμ](?=g\b)")
_NUMBER_WITH_UNIT = re.compile(
    r"(?<![^\W\d])(\d)(?=(?:mcg|mg|kg|gm|g|mL|ml|dL|dl|L|mEq|meq|mmol|mol|mmHg|mmhg|units?|iu|IU|gtts?|cc|cm|mm|min|mins|"
    r"minutes?|hours?|hrs?|hr|h|days?|weeks?|months?|years?|yrs?|yo|sec|seconds?|J|joules?|mA|bpm|Fr|gauge|ga|G|lbs?|"
    r"feet|ft|miles?|am|pm|AM|PM)\b)"
)
_PHRASE = re.compile(r'"((?:[^"]|"")*)"')
_ANY = re.compile(r'"(?:[^"]|"")*"(?: OR "(?:[^"]|"")*")*')


def searchable_text(text: str) -> str:
    """``text`` as it is indexed and searched for: one way of writing for what is written in several.

    "1,000 mL", "1000mL" and "1000 ml" meet, so do ".5 mg" and "0.5mg", "µg" and "mcg", ligatures and full-width
    letters. Case, accents and word endings are the tokenizer's business. FTS5 splits at punctuation, so "0.5" and
    "mL/kg" are searched for as the phrases "0 5" and "ml kg".
    """
    text = unicodedata.normalize("NFKC", text.replace("\x00", " ").replace("\u00ad", ""))
    text = _MICRO.sub("mc", text)
    text = _THOUSANDS.sub(lambda found: found.group(1) + found.group(2).replace(",", ""), text)
    text = _BARE_DECIMAL.sub("0.", text)
    return _NUMBER_WITH_UNIT.sub(r"\1 ", text)


def match_any(phrases: Iterable[str]) -> str:
    """A match expression for chunks that hold at least one of the phrases.

    Every phrase is quoted, so that nothing a person types is taken for query syntax. A phrase without a letter or a
    digit is left out; without any phrase the expression is empty and finds nothing.
    """
    return " OR ".join('"' + phrase.replace('"', '""') + '"' for phrase in searched_phrases(phrases))


def match_all(phrases: Iterable[str]) -> str:
    """A match expression for chunks that hold every one of the phrases; quoted as in ``match_any``."""
    return " AND ".join('"' + phrase.replace('"', '""') + '"' for phrase in searched_phrases(phrases))


def searched_phrases(phrases: Iterable[str]) -> list[str]:
    """The phrases as they are searched for, each once, without those that hold no letter and no digit."""
    searched = (searchable_text(phrase).strip() for phrase in phrases)
    return list(dict.fromkeys(phrase for phrase in searched if any(character.isalnum() for character in phrase)))


def phrases_of(match_expression: str) -> list[str] | None:
    """The phrases of an expression that ``match_any`` built; None for any other expression."""
    if not _ANY.fullmatch(match_expression):
        return None
    return [phrase.replace('""', '"') for phrase in _PHRASE.findall(match_expression)]


def search(database: Database, match_expression: str, version_keys: Collection[int], limit: int) -> list[Hit]:
    """The best chunks by FTS5's own BM25 among those of ``version_keys``, best first.

    Args:
        database: where to search.
        match_expression: FTS5 syntax.
        version_keys: the versions that may be searched.
        limit: how many at most.

    Raises:
        StoreError: the expression is not FTS5 syntax.
    """
    if not match_expression or not version_keys or limit < 1:
        return []
    rows = database.query(
        "SELECT chunk.version_key, chunk.chunk_index, -bm25(chunk_words, ?, 1.0) AS score "
        "FROM chunk_words JOIN chunk ON chunk.chunk_id = chunk_words.rowid "
        f"WHERE chunk_words MATCH ? AND chunk.version_key IN ({key_list(version_keys)}) "
        "ORDER BY score DESC, chunk.chunk_id LIMIT ?",
        (HEADING_WEIGHT, match_expression, limit),
    )
    return [Hit(*row) for row in rows]


def key_list(version_keys: Iterable[int]) -> str:
    """Version keys for an SQL ``IN``. They are made integers here, so nothing else can get into the statement."""
    return ",".join(str(int(key)) for key in sorted(version_keys))
