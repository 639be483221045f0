"""Every error ragkit raises on purpose. Each message says what happened and what the person can do next."""

from __future__ import annotations


class RagkitError(Exception):
    """Base class: catch this one to catch everything ragkit raises on purpose."""


class SettingsError(RagkitError):
    """A setting, a sidecar file or an argument has a value that cannot be used."""


class DocumentError(RagkitError):
    """A source file cannot be read as a document."""


class DocumentNotFoundError(RagkitError):
    """No document (or version) of that name exists for this reader."""


class EmbeddingError(RagkitError):
    """The embedding model is missing, damaged, or answered something unusable."""


class CrossEncoderError(RagkitError):
    """The small model that reads two texts together is missing, damaged, or not what its description says."""


class StoreError(RagkitError):
    """The knowledge base on disk cannot be opened, read or written."""


class StoreLockedError(StoreError):
    """Another process is writing to the knowledge base."""


class StoreDamagedError(StoreError):
    """The knowledge base on disk is inconsistent; ``ragkit check --repair`` mends it."""


class QuestionError(RagkitError):
    """The question cannot be asked: it is empty, too long, or no text."""


class GroundingError(RagkitError):
    """A groundedness scorer could not judge: its model or server is missing, or its reply is unusable."""


class EvaluationError(RagkitError):
    """An evaluation cannot be run or compared: its configuration, baseline or results do not fit."""


class QuestionSetError(EvaluationError):
    """A question set is malformed; the message names file, line and field of every error."""


class EgressError(RagkitError):
    """The deployment's profile does not let a connection go to this host."""


class LanguageModelError(RagkitError):
    """No language model gave a usable reply; the message says what each one did."""


class AuthenticationError(RagkitError):
    """A caller's identity could not be verified; nothing is said of what they would have seen."""
