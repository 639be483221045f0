"""What answers are composed with: the language models of a deployment, and how they are used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ragkit.answering.generation.answerability import UNMEASURED, FlagWorth
from ragkit.deployment.confinement import Confinement, confinement
from ragkit.deployment.deployment import Deployment, GenerationSettings
from ragkit.documents.document import Document
from ragkit.documents.governance import Classification
from ragkit.language_models.base import LanguageModels
from ragkit.privacy.base import IdentifierGate


def _not_confined(identifiers_found: bool, documents: Sequence[Document]) -> Confinement:
    return Confinement(False)


@dataclass(frozen=True)
class Composer:
    """What an answer is composed with.

    Attributes:
        models: the language models.
        settings: how many lines they get.
        gate: finds patient identifiers in what they write.
        confinement: whether a question, in which identifiers were found or not, must stay on premises with these
            documents.
        worth: how much a model's "does not answer" is worth.
    """

    models: LanguageModels
    settings: GenerationSettings
    gate: IdentifierGate
    confinement: Callable[[bool, Sequence[Document]], Confinement] = _not_confined
    worth: FlagWorth = UNMEASURED

    @property
    def fingerprint(self) -> str:
        """Names the language models, the prompts and how they are used."""
        from ragkit.answering.generation.prompting import prompts_fingerprint

        return f"{self.models.fingerprint} {prompts_fingerprint()} {self.settings.model_dump_json()} {self.worth}"


def build_composer(deployment: Deployment) -> Composer | None:
    """What a deployment composes answers with; None where it has no language model or is not to use it.

    Opens no connection.

    Raises:
        SettingsError: a file that the deployment names cannot be read.
        EgressError: an address of the deployment cannot be read.
    """
    if not deployment.providers or not deployment.generation.enabled:
        return None
    from ragkit.egress.policy import EgressPolicy
    from ragkit.language_models.router import build_language_models
    from ragkit.privacy.gate import default_gate

    return Composer(
        models=build_language_models(deployment, EgressPolicy.of(deployment)),
        settings=deployment.generation,
        gate=default_gate(),
        confinement=partial(_confinement, deployment),
        worth=FlagWorth(deployment.generation.flag_sensitivity, deployment.generation.flag_specificity),
    )


def _confinement(deployment: Deployment, identifiers_found: bool, documents: Sequence[Document]) -> Confinement:
    internal_only = any(document.governance.classification is Classification.INTERNAL_ONLY for document in documents)
    return confinement(deployment, identifiers_found, internal_only)
