"""Whether to answer: the extractive signals and the model's flag together.

The extractive decision has a probability that the lines answer (a logistic model over signals of the evidence). The
model's flag is one more piece of evidence, of known worth: how often it says "answers" where the lines do answer
(sensitivity) and "does not answer" where they do not (specificity). By Bayes' rule its likelihood ratio is added to
the log-odds (Pauker and Kassirer, NEJM 1975, 293:229). The threshold stays where it is.

What no flag can do: outvote a rule of ``guards`` (the wrong medicine, population or band), answer what is about
something else altogether, or answer without a statement that was verified.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ragkit.answering.abstention import BESIDE_THE_POINT, Decision
from ragkit.answering.answer import SHOWN, AnswerStatus

_WITHHELD = "withheld:"
RESCUING_SPECIFICITY = 0.7
"""A model that says "no" to fewer of the unanswerable questions than this rescues none."""


@dataclass(frozen=True)
class FlagWorth:
    """How much a language model's flag is worth.

    The defaults trust a model that nobody has measured a little: its "no" turns an answer that is just above the
    threshold into an abstention, and its "yes" rescues nothing, since small models say "yes" to everything (``make
    test-llm``). ``ragkit eval run`` with the deployment's file measures a model.

    Attributes:
        sensitivity: of questions that the lines answer, the share in which the model says so.
        specificity: of questions that they do not answer, the share in which the model says so.
        rescued_above: a question with a lower probability than this is never answered on the flag's word.
    """

    sensitivity: float = 0.8
    specificity: float = 0.4
    rescued_above: float = 0.25

    @property
    def may_rescue(self) -> bool:
        """Whether its "yes" may answer what the extractive signals would not."""
        return self.specificity >= RESCUING_SPECIFICITY

    def log_ratio(self, flag: bool) -> float:
        """The natural logarithm of the flag's likelihood ratio."""
        if flag:
            return math.log(self.sensitivity / (1 - self.specificity))
        return math.log((1 - self.sensitivity) / self.specificity)


UNMEASURED = FlagWorth()


def combine(decision: Decision, flag: bool | None, *, verified: bool, worth: FlagWorth = UNMEASURED) -> AnswerStatus:
    """The status of the answer.

    Args:
        decision: of the extractive answerer.
        flag: whether the model says that the lines answer; None where no model replied.
        verified: whether at least one statement of the model was verified.
        worth: how much the flag is worth.

    Returns:
        The extractive status where there is no flag, a rule withholds the lines, or the flag says "answers" but
        nothing that the model wrote was verified. Else what the probability with the flag says: insufficient_evidence
        below the threshold; partial where the flag contradicts the decision or the probability is low; answered.
    """
    if flag is None or is_final(decision) or (flag and not verified):
        return decision.status
    shown = decision.status in SHOWN
    if not shown and not (flag and worth.may_rescue and decision.probability >= worth.rescued_above):
        return decision.status
    probability = with_flag(decision.probability, flag, worth)
    if probability < decision.threshold:
        return AnswerStatus.INSUFFICIENT_EVIDENCE
    if shown != flag or probability < decision.partial_below:
        return AnswerStatus.PARTIAL
    return AnswerStatus.ANSWERED


def with_flag(probability: float, flag: bool, worth: FlagWorth = UNMEASURED) -> float:
    """The probability that the lines answer, once the flag is known."""
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return 1 / (1 + math.exp(-(math.log(inside / (1 - inside)) + worth.log_ratio(flag))))


def is_final(decision: Decision) -> bool:
    """Whether nothing that a model says can change the decision: nothing found, or withheld by a rule."""
    return (
        decision.status in (AnswerStatus.NEEDS_CLARIFICATION, AnswerStatus.REFUSED)
        or not decision.signals
        or BESIDE_THE_POINT in decision.signals
        or any(name.startswith(_WITHHELD) for name in decision.signals)
    )


def worth_asking(decision: Decision, worth: FlagWorth = UNMEASURED) -> bool:
    """Whether a model's reply can matter: there is something to show, or so nearly that its flag can decide."""
    if is_final(decision):
        return False
    if decision.status in SHOWN:
        return True
    enough = with_flag(decision.probability, True, worth) >= decision.threshold
    return enough and worth.may_rescue and decision.probability >= worth.rescued_above
