"""The stop rule for ambiguous abbreviations: context decides for one meaning, or the abbreviation stays as written."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.retrieval.understanding.vocabulary import AmbiguousEntry


@dataclass(frozen=True)
class Reading:
    """How an ambiguous abbreviation was read.

    Attributes:
        means: the meaning's forms; empty where it stays as written.
        caveat: what the person should know, empty where nothing.
    """

    means: tuple[str, ...] = ()
    caveat: str = ""


def read_ambiguous(entry: AmbiguousEntry, context: frozenset[str], capitals: bool) -> Reading | None:
    """Decides for one meaning of ``entry`` from the stems of the question's other words.

    The meaning with the most deciding words is taken if no other has as many; without any deciding word the usual
    meaning is taken where there is one. Otherwise the abbreviation is left alone.

    Returns:
        The reading; None where the word is not the abbreviation at all (an ordinary word in lower case).
    """
    if entry.capitals_only and not capitals:
        return None
    possible = [sense for sense in entry.senses if capitals or not sense.capitals_only]
    support = [(len(sense.when & context), sense.means) for sense in possible]
    support.sort(key=lambda each: -each[0])
    if support and support[0][0] > 0 and (len(support) == 1 or support[0][0] > support[1][0]):
        return Reading(support[0][1])
    if entry.usual and not (support and support[0][0]):
        return Reading(entry.usual)
    return Reading((), _caveat(entry) if entry.caveat else "")


def _caveat(entry: AmbiguousEntry) -> str:
    meanings = [sense.means[0] for sense in entry.senses if sense.means]
    if len(meanings) < 2:
        return f"'{entry.phrase}' is an error-prone abbreviation and was searched for as written; please spell it out."
    listed = ", ".join(f"'{meaning}'" for meaning in meanings[:-1]) + f" or '{meanings[-1]}'"
    return f"'{entry.phrase}' may mean {listed}; it was searched for as written. Spell it out for a better answer."
