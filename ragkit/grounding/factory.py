"""A scorer by its name, as it stands in settings files and on the command line."""

from __future__ import annotations

from ragkit.egress.policy import LOCAL_ONLY, EgressPolicy
from ragkit.errors import GroundingError
from ragkit.grounding.base import Scorer

SCORERS = {
    "verbatim": "only the evidence's own words are supported",
    "rules": "numbers with units, negation, modality, population, route, names",
    "lexical": "words, with a fitted model",
    "ladder": "verbatim, rules and words in one calibrated score; the default",
    "entailment:NAME": "an entailment CrossEncoder, by name or folder",
    "llm:MODEL": "a language model behind an OpenAI-compatible server; never gates",
}


def build_scorer(
    name: str = "ladder",
    *,
    base_url: str | None = None,
    api_key_variable: str = "OPENAI_API_KEY",
    policy: EgressPolicy = LOCAL_ONLY,
) -> Scorer:
    """The scorer of this name. Models and connections are opened when it first scores.

    Args:
        name: one of ``SCORERS``.
        base_url: the server for "llm:MODEL".
        api_key_variable: the environment variable that holds its key.
        policy: where "llm:MODEL" may connect to; by default to this machine only.

    Raises:
        GroundingError: there is no scorer of that name; the message lists those there are.
    """
    kind, _, model = name.partition(":")
    if kind == "entailment" and model:
        from ragkit.grounding.entailment import EntailmentScorer

        return EntailmentScorer(model)
    if kind == "llm" and model:
        from ragkit.grounding.language_model import LanguageModelScorer

        return LanguageModelScorer(model, base_url=base_url, api_key_variable=api_key_variable, policy=policy)
    return _without_model(name)


def _without_model(name: str) -> Scorer:
    if name == "verbatim":
        from ragkit.grounding.verbatim import VerbatimScorer

        return VerbatimScorer()
    if name == "rules":
        from ragkit.grounding.rules import RulesScorer

        return RulesScorer()
    if name == "lexical":
        from ragkit.grounding.lexical import LexicalScorer

        return LexicalScorer()
    if name == "ladder":
        from ragkit.grounding.ladder import LadderScorer

        return LadderScorer()
    known = "\n".join(f"  {known:16s} {what}" for known, what in SCORERS.items())
    raise GroundingError(f"There is no scorer called {name!r}. Known are:\n{known}")
