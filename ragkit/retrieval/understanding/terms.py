"""The content words and phrases of a question, each with everything that means the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.retrieval.query import QueryTerm
from ragkit.retrieval.understanding.senses import read_ambiguous
from ragkit.retrieval.understanding.spelling import CorpusVocabulary, american_form, mended
from ragkit.retrieval.understanding.tokens import Token
from ragkit.retrieval.understanding.vocabulary import ClinicalVocabulary, Entry, EntryKind
from ragkit.retrieval.words import STOP_WORDS, stem

MEDICINE_WEIGHT = 1.6
ABBREVIATION_WEIGHT = 1.3
PLAIN_WEIGHT = 1.0
NUMBER_WEIGHT = 0.6
COMMON_WEIGHT = 0.4
_MOST_MENDED = 3

# Words that nearly every question, or nearly every policy, has.
_COMMON_LIST = """
    patient patients pt pts dose doses dosage policy policies protocol protocols procedure guideline guidelines
    reference ref section paragraph staff hospital time times day days hour hours hr hrs minute minutes min mins
    year years month months week weeks yo old age aged new next first last long much many max maximum minimum number
    list full people person case call calls amount total different kind type rule rules answer question work working
    mg mcg ml kg meq yr yrs ago cc vs etc dr start started stop end back today tonight yesterday tomorrow morning
    night guy pls rather big bad good fast quick quickly
"""
COMMON = frozenset(_COMMON_LIST.split())


@dataclass(frozen=True)
class Understanding:
    """What the words of a question amount to.

    Attributes:
        terms: content words and phrases with their variants, in order.
        replacements: (start, end, words) spans of the question to be spelt out for the dense search.
        names_medicine: whether a medicine is among them.
        caveats: what the person should know about how the question was read.
    """

    terms: tuple[QueryTerm, ...]
    replacements: tuple[tuple[int, int, str], ...]
    names_medicine: bool
    caveats: tuple[str, ...]


def read_terms(
    tokens: Sequence[Token], vocabulary: ClinicalVocabulary, corpus: CorpusVocabulary | None
) -> Understanding:
    """Reads the tokens from left to right, the longest phrase of the vocabulary first."""
    reader = _TermReader(tokens, vocabulary, corpus)
    position = 0
    while position < len(tokens):
        position += reader.read_at(position)
    return reader.result()


class _TermReader:
    def __init__(self, tokens: Sequence[Token], vocabulary: ClinicalVocabulary, corpus: CorpusVocabulary | None):
        self.tokens = tokens
        self.vocabulary = vocabulary
        self.corpus = corpus
        self.shouting = _mostly_capitals(tokens)
        self.terms: dict[str, QueryTerm] = {}
        self.replacements: list[tuple[int, int, str]] = []
        self.caveats: list[str] = []
        self.names_medicine = False
        self.mended = 0

    def result(self) -> Understanding:
        return Understanding(
            tuple(self.terms.values()),
            tuple(self.replacements),
            self.names_medicine,
            tuple(dict.fromkeys(self.caveats)),
        )

    def read_at(self, position: int) -> int:
        """Reads the longest known phrase that starts at ``position``; returns how many tokens it has."""
        for length in range(min(self.vocabulary.longest, len(self.tokens) - position), 0, -1):
            span = self.tokens[position : position + length]
            for phrase in _written_forms(span):
                if phrase in self.vocabulary and self._read_phrase(phrase, span):
                    return length
        self._read_plain(self.tokens[position])
        return 1

    def _read_phrase(self, phrase: str, span: Sequence[Token]) -> bool:
        capitals = len(span) == 1 and span[0].capitals and not self.shouting
        written = " ".join(token.text for token in span)
        ambiguous = self.vocabulary.ambiguous.get(phrase)
        if ambiguous is not None:
            reading = read_ambiguous(ambiguous, self._context(span), capitals)
            if reading is None:
                return False
            if reading.caveat:
                self.caveats.append(reading.caveat)
            if not reading.means:
                self._read_plain(span[0])
                return True
            variants = [*reading.means, *self._same_medicine(reading.means[0])]
            medicine = self._medicine(reading.means[0])
            weight = MEDICINE_WEIGHT if medicine else ABBREVIATION_WEIGHT
            if phrase in COMMON:
                weight = COMMON_WEIGHT
            self._add(written, variants, weight, medicine=medicine)
            self._spell_out(span, reading.means[0])
            return True
        entries = [entry for entry in self.vocabulary.entries[phrase] if self._applies(entry, span, capitals)]
        if not entries:
            return False
        self._read_entries(written, entries, span)
        return True

    def _read_entries(self, written: str, entries: Sequence[Entry], span: Sequence[Token]) -> None:
        variants = [form for entry in entries for form in entry.forms]
        spelt_out = next((entry.spelt_out for entry in entries if entry.spelt_out), None)
        if spelt_out:
            variants += self._same_medicine(spelt_out)
            self._spell_out(span, spelt_out)
        kinds = {entry.kind for entry in entries}
        weight = PLAIN_WEIGHT
        if EntryKind.MEDICINE in kinds:
            weight, self.names_medicine = MEDICINE_WEIGHT, True
        elif EntryKind.ABBREVIATION in kinds:
            weight = ABBREVIATION_WEIGHT
        if written in COMMON:
            weight = COMMON_WEIGHT
        self._add(written, variants, weight, medicine=EntryKind.MEDICINE in kinds)

    def _read_plain(self, token: Token) -> None:
        word = token.text
        if word in STOP_WORDS or (len(word) < 2 and not token.number) or word == "%":
            return
        if token.number:
            self._add(word, [], NUMBER_WEIGHT)
            return
        weight = COMMON_WEIGHT if word in COMMON else PLAIN_WEIGHT
        variants = []
        if (american := american_form(word, self.vocabulary)) is not None:
            variants.append(american)
            self._spell_out([token], american)
        elif self.corpus is not None and not token.capitals and self.mended < _MOST_MENDED:
            known = mended(word, self.vocabulary, self.corpus)
            if known is not None:
                self._mend(token, known)
                return
        self._add(word, variants, weight)

    def _mend(self, token: Token, known: str) -> None:
        self.mended += 1
        self.caveats.append(f"'{token.original}' was read as '{known}'.")
        self._spell_out([token], known)
        mended_token = Token(known, known, token.start, token.end, False)
        if known in self.vocabulary and self._read_phrase(known, [mended_token]):
            return
        self._add(known, [], PLAIN_WEIGHT)

    def _applies(self, entry: Entry, span: Sequence[Token], capitals: bool) -> bool:
        if entry.capitals_only and not capitals:
            return False
        return not entry.when or bool(entry.when & self._context(span))

    def _context(self, span: Sequence[Token]) -> frozenset[str]:
        outside = [token for token in self.tokens if token.end <= span[0].start or token.start >= span[-1].end]
        return frozenset(stem(token.text) for token in outside) | frozenset(token.text for token in outside)

    def _same_medicine(self, name: str) -> list[str]:
        entries = self.vocabulary.entries.get(name, ())
        return [form for entry in entries if entry.kind is EntryKind.MEDICINE for form in entry.forms]

    def _medicine(self, name: str) -> bool:
        found = any(entry.kind is EntryKind.MEDICINE for entry in self.vocabulary.entries.get(name, ()))
        self.names_medicine = self.names_medicine or found
        return found

    def _add(self, text: str, variants: Sequence[str], weight: float, *, medicine: bool = False) -> None:
        distinct = tuple(dict.fromkeys(form for form in variants if form != text))
        earlier = self.terms.get(text)
        if earlier is not None:
            distinct = tuple(dict.fromkeys((*earlier.variants, *distinct)))
            weight = max(weight, earlier.weight)
            medicine = medicine or earlier.medicine
        self.terms[text] = QueryTerm(text=text, variants=distinct, weight=weight, medicine=medicine)

    def _spell_out(self, span: Sequence[Token], words: str) -> None:
        self.replacements.append((span[0].start, span[-1].end, words))


def _written_forms(span: Sequence[Token]) -> list[str]:
    """The phrase of the tokens and, where its last word looks like a plural, the phrase in the singular."""
    phrase = " ".join(token.text for token in span)
    forms = [phrase]
    last = span[-1].text
    if span[-1].capitals:  # "CRPS" is no plural, "AEDs" is
        return forms
    if len(last) > 3 and last.endswith("s") and not last.endswith("ss"):
        forms.append(phrase[:-1])
        if last.endswith("ies"):
            forms.append(phrase[:-3] + "y")
    return forms


def _mostly_capitals(tokens: Sequence[Token]) -> bool:
    words = [token for token in tokens if any(character.isalpha() for character in token.text)]
    return len(words) > 3 and sum(token.capitals for token in words) > 0.6 * len(words)
