"""``understand(question) -> Query``: a staff question understood without a language model, in under 2 ms."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.errors import QuestionError
from ragkit.retrieval.query import Query, QueryTerm
from ragkit.retrieval.understanding.hygiene import clean_question
from ragkit.retrieval.understanding.kinds import find_kinds
from ragkit.retrieval.understanding.populations import find_populations
from ragkit.retrieval.understanding.reference_numbers import ReferenceNumber, find_reference_numbers
from ragkit.retrieval.understanding.spelling import CorpusVocabulary
from ragkit.retrieval.understanding.terms import read_terms
from ragkit.retrieval.understanding.tokens import Token, tokenise
from ragkit.retrieval.understanding.vocabulary import clinical_vocabulary

REFERENCE_WEIGHT = 2.0


def understand(question: str, corpus: CorpusVocabulary | None = None) -> Query:
    """What the question asks for: terms with variants, policy numbers, population, kinds of answer.

    Args:
        question: as the person wrote it.
        corpus: the words of the documents the reader may search. With it misspellings are mended; without it they
            stay as they are.

    Raises:
        QuestionError: nothing readable is left of the question.
    """
    text = clean_question(question)
    if not any(character.isalnum() for character in text):
        raise QuestionError("The question holds no words. Ask in a sentence, or name a policy number.")
    vocabulary = clinical_vocabulary()
    references = find_reference_numbers(text)
    tokens = [token for token in tokenise(text, vocabulary) if not _inside(token, references)]
    understanding = read_terms(tokens, vocabulary, corpus)
    numbers = [QueryTerm(text=each.number.lower(), weight=REFERENCE_WEIGHT) for each in references]
    return Query(
        text=text,
        terms=(*numbers, *understanding.terms),
        expanded_text=_spelt_out(text, understanding.replacements),
        reference_numbers=tuple(each.number for each in references),
        populations=find_populations(text),
        kinds=find_kinds(text, names_medicine=understanding.names_medicine),
        caveats=understanding.caveats,
    )


def _inside(token: Token, references: Sequence[ReferenceNumber]) -> bool:
    return any(token.start < reference.end and reference.start < token.end for reference in references)


def _spelt_out(text: str, replacements: Sequence[tuple[int, int, str]]) -> str:
    for start, end, words in sorted(replacements, reverse=True):
        text = text[:start] + words + text[end:]
    return text
