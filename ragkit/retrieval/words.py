"""Words as retrieval compares them: folded case, inflectional endings taken off, words that carry no content known."""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?")
_VOWEL = re.compile(r"[aeiouy]")

_STOP_WORD_LIST = """
    a about after again all also am an and any anybody anyone anything are aren't around as ask asked asking asks at
    be because been before being but by came can can't cant come could couldn't did didn't do does doesn't doing
    don't dont down during each either else even ever every everybody everyone exactly few for from gave get gets
    getting give given gives go goes going gone gonna got gotta had happen happens has have haven't having he he's
    her here hers hey hi him his how how's i i'd i'll i'm i've if in instead into is isn't it it'd it's its itself
    just keep know let lets let's like look looking lot made make makes making may me might mine more most much must
    my myself need needed needs never no nor not now of off often ok okay on once one ones only onto or other our
    ours out over own part per please put quite really right said same saw say saying says see seems seen she she's
    should shouldn't so some somebody someone something soon still stuff such sure take taken takes tell than thanks
    that that's thats the their theirs them then there there's these they they're they've thing things think this
    those though through til till to told too took try trying under until up upon us use used uses using very want
    wanted wants was wasn't way we we'd we'll we're we've well went were weren't what what's whats when when's where
    where's whether which while who who's whom whose whos why will with without won't wont would wouldn't yes yet
    you you'd you're you've your yours
"""
STOP_WORDS = frozenset(_STOP_WORD_LIST.split())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """``word`` in lower case without its inflectional ending (plural, -ed, -ing); words with digits are only folded."""
    word = word.lower().removesuffix("'s")
    if len(word) <= 3 or any(character.isdigit() for character in word):
        return word
    if word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= 3 and _VOWEL.search(base):
            if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
                return base[:-1]
            return base.removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word


def stems(text: str) -> list[str]:
    """The stems of the words and numbers of ``text``, in order."""
    return [stem(word) for word in WORD.findall(text.lower())]
