"""How a sentence without its answer becomes a question: turned round, or cut down to a telegram, in staff's words."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

import yaml

from ragkit.retrieval.understanding.vocabulary import EntryKind, clinical_vocabulary
from ragkit.retrieval.words import STOP_WORDS

_MODAL = re.compile(
    r"^(?P<subject>(?:[\w/’'()-]+,?\s){0,8}?[\w/’'()-]+)\s+(?P<modal>must|shall|should|may|will|can|is|are|cannot)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_TURNED = {"shall": ("must", "should", "does"), "will": ("will",), "cannot": ("can't",)}
_LONGEST_TURNED = 18
_TELEGRAM_WORDS = (5, 10)
_DROPPED = 0.1
_SWAPPED = 0.4
_WORD = re.compile(r"[\w/’'.%-]*[\w%]")
_SMALL_WORDS = frozenset({"the", "a", "an", "of", "to", "by", "such", "any", "all", "that", "which", "this", "these"})
_KEPT_SMALL = frozenset(
    {"not", "no", "without", "before", "after", "if", "with", "for", "in", "on", "from", "during", "until"}
)


def question_from(before: str, after: str, asks: tuple[str, ...], tags: tuple[str, ...], rng: random.Random) -> str:
    """A question for what was taken out of a sentence.

    Args:
        before: the sentence up to what was taken out.
        after: the sentence from there on.
        asks: question words that stand before a sentence that is turned round; without them there are only telegrams.
        tags: what stands before or after a telegram.
        rng: decides how it is put.
    """
    turned = _turned(f"{before} {after}".strip(" .,;:")) if asks and rng.random() < 0.6 else None
    if turned is not None:
        subject, modal, predicate = turned
        modal = rng.choice(_TURNED.get(modal.lower(), (modal.lower(),)))
        text = f"{rng.choice(asks)} {modal} {_lowered(subject)} {predicate}"
        return _finished(in_staff_words(text, rng), rng, telegram=False)
    words = in_staff_words(_telegram(before, after, rng), rng)
    if asks and rng.random() < 0.4:
        return _finished(f"{rng.choice(asks)} {words}", rng, telegram=True)
    if rng.random() < 0.7:
        return _finished(f"{words}{rng.choice((' ', ' - ', ', ', ': ', '? '))}{rng.choice(tags)}", rng, telegram=True)
    return _finished(f"{rng.choice(tags)}: {words}", rng, telegram=True)


def how_many_question(before: str, after: str, rng: random.Random) -> str:
    """A question for a number: what is counted stands behind it in the sentence."""
    words = in_staff_words(f"{_telegram('', after, rng)} {_telegram(before, '', rng)}", rng)
    return _finished(f"how many {words}", rng, telegram=True)


def who_question(modal: str, rest: str, rng: random.Random) -> str:
    """A question for the one who must or may: the predicate itself, or a telegram of it."""
    rest = rest.strip(" .,;:")
    modal = rng.choice(_TURNED.get(modal.lower(), (modal.lower(),)))
    modal = "has to" if modal == "does" else modal
    if rng.random() < 0.55 and len(rest.split()) <= _LONGEST_TURNED:
        text = f"{rng.choice(('who', 'which staff', 'who exactly'))} {modal} {rest}"
        return _finished(in_staff_words(text, rng), rng, telegram=False)
    words = in_staff_words(_telegram("", rest, rng), rng)
    put = rng.choice(("who {m} {w}", "{w} - who", "{w}: whose job", "{w} by whom", "whose responsibility is it: {w}"))
    return _finished(put.format(m=modal, w=words), rng, telegram=True)


def _turned(rest: str) -> tuple[str, str, str] | None:
    if len(rest.split()) > _LONGEST_TURNED:
        return None
    found = _MODAL.match(rest)
    if (
        found is None
        or "," in found["subject"]
        or found["subject"].split()[0].lower() in STOP_WORDS - {"all", "the", "a"}
    ):
        return None
    return found["subject"], found["modal"], found["rest"]


def _telegram(before: str, after: str, rng: random.Random) -> str:
    """The words that say something, those nearest to what was taken out; a medicine that is named is kept."""
    left, right = ([word for word in _WORD.findall(part) if _says(word)] for part in (before, after))
    most = rng.randint(*_TELEGRAM_WORDS)
    behind = min(len(right), max(most - len(left), most // 2))
    ahead = min(len(left), most - behind)
    first, kept = left[: len(left) - ahead], left[len(left) - ahead :] + right[:behind]
    kept = [word for word in kept if len(kept) <= _TELEGRAM_WORDS[0] or is_medicine(word) or rng.random() >= _DROPPED]
    named = [word for word in first if is_medicine(word) and word not in kept]
    return " ".join([*named[:1], *kept])


def is_medicine(word: str) -> bool:
    """Whether a word names a medicine."""
    return word.strip(".,;:()").lower() in same_substances()


def _says(word: str) -> bool:
    lowered = word.lower()
    return lowered not in _SMALL_WORDS and (lowered not in STOP_WORDS or lowered in _KEPT_SMALL)


def in_staff_words(text: str, rng: random.Random) -> str:
    """The text with some of its words and phrases as staff say them: abbreviations, brand names, plain words."""
    words = text.split()
    out: list[str] = []
    place = 0
    while place < len(words):
        length, said = _swap_at(words, place, rng)
        out.append(said)
        place += length
    return " ".join(out)


def _swap_at(words: list[str], place: int, rng: random.Random) -> tuple[int, str]:
    for length in (3, 2, 1):
        phrase = " ".join(words[place : place + length])
        bare = phrase.strip(",.;:?()").lower()
        forms = spoken_forms().get(bare)
        if forms and length <= len(words) - place and rng.random() < _SWAPPED:
            said = rng.choice(forms)
            return length, phrase.lower().replace(bare, said) if bare in phrase.lower() else said
    return 1, words[place]


@cache
def spoken_forms() -> dict[str, tuple[str, ...]]:
    """What staff may say for a word or phrase: from ``staff_words.yaml`` and ragkit's abbreviations and medicines."""
    said: dict[str, list[str]] = {
        word: list(forms)
        for word, forms in yaml.safe_load(
            Path(__file__).with_name("staff_words.yaml").read_text(encoding="utf-8")
        ).items()
    }
    for phrase, entries in clinical_vocabulary().entries.items():
        for entry in entries:
            if len(phrase) > 2 and not entry.capitals_only and not entry.when:
                said.setdefault(phrase, []).extend(
                    form for form in entry.forms if _means_the_same(entry.kind, phrase, form)
                )
    return {phrase: tuple(dict.fromkeys(forms)) for phrase, forms in said.items() if forms}


def _means_the_same(kind: EntryKind, phrase: str, form: str) -> bool:
    """Whether one may stand for the other: an abbreviation and its long form, two names of one substance."""
    if kind is EntryKind.MEDICINE:
        names = same_substances()
        return phrase in names and names.get(form) == names[phrase]
    short, long = sorted((phrase, form), key=len)
    return kind is EntryKind.ABBREVIATION and len(long.split()) > 1 and len(short.split()) == 1


@cache
def same_substances() -> dict[str, int]:
    """Each name of a medicine with a number that it shares with the other names of the same substance."""
    found: dict[str, int] = {}
    for phrase, entries in clinical_vocabulary().entries.items():
        for entry in entries:
            if entry.kind is EntryKind.MEDICINE and entry.spelt_out:
                number = found.setdefault(entry.spelt_out, len(found))
                found[phrase] = number
    return found


def _finished(text: str, rng: random.Random, *, telegram: bool) -> str:
    text = " ".join(text.split()).strip(" ,;:-")
    text = _lowered(text) if telegram or rng.random() < 0.5 else text[0].upper() + text[1:]
    return text + ("?" if not text.endswith("?") and rng.random() < (0.4 if telegram else 0.8) else "")


def _lowered(text: str) -> str:
    """In lower case, abbreviations as they are; a line in capitals has no abbreviations to keep."""
    words = text.split()
    if sum(word.isupper() and len(word) > 2 for word in words) > len(words) / 2:
        return text.lower()
    return " ".join(word.lower() if word[1:].islower() or len(word) == 1 else word for word in words)
