"""Keys: read from an environment variable or a file at the moment they are needed, and never shown.

No frame that raises holds a key in clear, so that not even a traceback with local variables shows one.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pydantic import SecretStr

from ragkit.errors import SettingsError

_LONGEST = 8192  # characters; more is another file than a key's


def read_key(variable: str | None, file: str | Path | None, *, required: bool = True) -> SecretStr | None:
    """The key in an environment variable or, where that is not named or not set, in a file.

    White space around it is taken off. On POSIX systems the file must be closed to users outside its group (mode 0600
    or 0640), as ssh asks it of its keys; for secrets of containers, set the mode (Kubernetes ``defaultMode: 0400``,
    Docker ``mode: 0400``).

    Args:
        variable: the environment variable's name.
        file: the file.
        required: whether a key that is named but not there is an error.

    Returns:
        The key, hidden from repr, logs and dumps. None where neither is named; or nothing is there and ``required`` is
        False.

    Raises:
        SettingsError: nothing is there, the file cannot be read or is open to everybody, or what it holds cannot be a
            key. The message never repeats it.
    """
    if variable and os.environ.get(variable, "").strip():
        return _checked(SecretStr(os.environ[variable].strip()), f"The environment variable {variable}")
    if file is not None:
        path = Path(file).expanduser()
        if path.is_file() or required:
            _check_permissions(path)
            return _checked(_content(path), f"The key file {path}")
    if variable and required:
        raise SettingsError(f"The environment variable {variable} holds no key. Set it, or name a key_file.")
    return None


def _content(path: Path) -> SecretStr:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            return SecretStr(stream.read(_LONGEST + 1).strip())
    except (OSError, ValueError):
        pass  # raised below, without this error: it holds the bytes that could not be read
    raise SettingsError(f"The key file {path} cannot be read. Is it a text file that this user may read?")


def _check_permissions(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError:
        raise SettingsError(f"There is no key file {path}, or this user may not see it.") from None
    if os.name == "posix" and mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
        raise SettingsError(
            f"The key file {path} is open to other users of this machine (mode {stat.S_IMODE(mode):04o}). Close it "
            f"with 'chmod 600 {path}'."
        )


def _checked(key: SecretStr, where: str) -> SecretStr:
    problem = _problem(key)
    if problem:
        raise SettingsError(f"{where} holds no usable key: {problem}.")
    return key


def _problem(key: SecretStr) -> str:
    """Why this cannot be sent in a header. Found here, since the HTTP library's own error would repeat it."""
    text = key.get_secret_value()
    if not text:
        return "it is empty"
    if len(text) > _LONGEST:
        return "it is too long"
    if not text.isascii() or not text.isprintable() or " " in text:
        return "a key is one line of letters, digits and signs, without spaces"
    return ""
