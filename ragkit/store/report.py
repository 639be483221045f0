"""What a check of a knowledge base found."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class DamageKind(StrEnum):
    """What can be wrong with a knowledge base on disk."""

    DATABASE = "database"
    FULL_TEXT = "full_text"
    TEXT = "text"
    CHUNK = "chunk"
    VECTOR = "vector"
    EMBEDDING_MODEL = "embedding_model"
    SOURCE = "source"
    CHROMA = "chroma"


class StoreProblem(BaseModel):
    """One thing that is wrong.

    Attributes:
        kind: what is concerned, for programs.
        message: what is wrong and what to do, for people.
        version_keys: the document versions that are not whole because of it.
    """

    model_config = ConfigDict(frozen=True)

    kind: DamageKind
    message: str
    version_keys: tuple[int, ...] = ()


class CheckReport(BaseModel):
    """What ``Store.check`` or ``Store.repair`` found.

    Attributes:
        problems: what is wrong now.
        mended: what was put right on the way.
        notes: what is no problem but should be known, such as what could not be looked at.
        versions: document versions that can be searched.
        chunks: their chunks.
        kept: removed or replaced versions whose text is kept for old citations.
    """

    model_config = ConfigDict(frozen=True)

    problems: tuple[StoreProblem, ...] = ()
    mended: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    versions: int = 0
    chunks: int = 0
    kept: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def summary(self) -> str:
        """The report in lines for a terminal."""
        state = "whole" if self.clean else f"{len(self.problems)} problem(s)"
        kept = f", and {self.kept} removed version(s) kept for old citations" if self.kept else ""
        lines = [f"{self.versions} document version(s) with {self.chunks} chunk(s){kept}: {state}."]
        lines += [f"problem ({problem.kind.value}): {problem.message}" for problem in self.problems]
        lines += [f"mended: {message}" for message in self.mended]
        lines += [f"note: {message}" for message in self.notes]
        return "\n".join(lines)
