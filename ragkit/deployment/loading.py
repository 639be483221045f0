"""A deployment file (TOML) as a ``Deployment``: every mistake in it named at once, with the file, the key and what is
allowed, and without repeating a value, which might be a key that somebody wrote there.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ragkit.deployment.deployment import Deployment
from ragkit.deployment.explaining import explained, misplaced_keys
from ragkit.deployment.validation import problems_of
from ragkit.errors import SettingsError

_LARGEST = 1_000_000  # bytes


def load_deployment(path: str | os.PathLike[str]) -> Deployment:
    """Reads a deployment file.

    Relative paths in it (``key_file``, ``ca_file``, ``folder`` ...) are relative to the file's own folder; "~" is the
    user's home. Keys, certificates and servers are not looked at yet: ``ragkit doctor`` does.

    Args:
        path: the TOML file.

    Raises:
        SettingsError: it cannot be read, or what it says cannot be used; all problems in one message.
    """
    file = Path(path).expanduser()
    content = _content(file)
    problems = misplaced_keys(content)
    deployment = Deployment()
    if not problems:
        try:
            deployment = Deployment.model_validate(content)
        except ValidationError as error:
            problems = explained(error, Deployment)
    problems = problems or problems_of(deployment)
    if problems:
        raise SettingsError(f"{file} cannot be used:\n" + "\n".join(f"- {problem}" for problem in problems))
    resolved: Deployment = _with_resolved_paths(deployment, file.absolute().parent)
    return resolved


def checked_deployment(deployment: Deployment | str | os.PathLike[str] | None) -> Deployment:
    """A deployment as it was given, or read from its file; the default where there is none.

    Raises:
        SettingsError: it cannot be used.
    """
    if deployment is None:
        return Deployment()
    if not isinstance(deployment, Deployment):
        return load_deployment(deployment)
    problems = problems_of(deployment)
    if problems:
        raise SettingsError("The deployment cannot be used:\n" + "\n".join(f"- {problem}" for problem in problems))
    return deployment


def _content(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _LARGEST:
            raise SettingsError(f"{file} is too large to be a deployment file.")
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"There is no deployment file {file}. docs/language-models.md has examples.") from None
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"The deployment file {file} cannot be read ({type(error).__name__}).") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is no TOML: {error.args[0]}. Text stands in quotes, as in model = 'm'.") from None


def _with_resolved_paths(part: Any, folder: Path) -> Any:
    if isinstance(part, Path):
        return folder / part.expanduser()
    if isinstance(part, tuple):
        return tuple(_with_resolved_paths(each, folder) for each in part)
    if isinstance(part, BaseModel):
        found = {name: _with_resolved_paths(getattr(part, name), folder) for name in part.model_fields_set}
        return part.model_copy(update=found)
    return part
