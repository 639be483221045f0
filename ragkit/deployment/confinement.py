"""Whether what is asked must stay on premises, and the sentence that says so to the person who asked."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.deployment.deployment import Deployment, Profile


@dataclass(frozen=True, slots=True)
class Confinement:
    """Where a question and the lines that go with it may be sent.

    Attributes:
        confined: to language models on premises only.
        reason: one plain sentence for the person who asked; "" where nothing is confined.
    """

    confined: bool
    reason: str = ""


def confinement(deployment: Deployment, identifiers_found: bool, internal_only: bool) -> Confinement:
    """Whether a question is confined to the premises.

    Only the profile "hybrid" makes this choice. The other profiles permit the same connections for every question:
    "local" and "on_premises" none outside, "cloud" those to its language models.

    Args:
        deployment: where connections may go.
        identifiers_found: whether anything in the question may identify a patient, also where it was taken out.
        internal_only: whether any line that a model would get is from a document classified as internal-only.
    """
    if deployment.profile is not Profile.HYBRID or not (identifiers_found or internal_only):
        return Confinement(False)
    if identifiers_found and internal_only:
        because = "the question may identify a patient and the documents behind the answer are for internal use only"
    elif identifiers_found:
        because = "the question may identify a patient"
    else:
        because = "a document behind the answer is for internal use only"
    return Confinement(True, f"Nothing was sent to a language model outside, because {because}.")
