"""Models by name are looked up on this machine only: the libraries that load them would fetch what is missing through
connections of their own, past the egress policy.
"""

from __future__ import annotations

from pathlib import Path


def model_folder(name_or_path: str, *, publishers: tuple[str, ...] = ()) -> Path | None:
    """The folder of a model on this machine; opens no connection.

    Args:
        name_or_path: a folder, or the name under which the model lies in the local model cache.
        publishers: to be tried before a name that has none ("sentence-transformers" for "all-MiniLM-L6-v2").

    Returns:
        The folder, or None where the model is not on this machine.
    """
    path = Path(name_or_path).expanduser()
    if path.is_dir():
        return path.resolve()
    from huggingface_hub import snapshot_download

    names = [name_or_path, *(f"{publisher}/{name_or_path}" for publisher in publishers if "/" not in name_or_path)]
    for name in names:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (OSError, ValueError):
            continue
    return None


def how_to_get(name: str, setting: str) -> str:
    """What a person can do about a model that is not there.

    Args:
        name: the model's.
        setting: where it is named, with a folder as an example.
    """
    missing = f"'{name}' is not on this machine, and ragkit downloads nothing by itself."
    advice = f"{missing} Give the folder that holds it ({setting})"
    if name.startswith(("/", ".", "~")):
        return advice
    return (
        f"{advice}, or fetch it once with 'hf download {name}' where there is a network and copy the model cache here"
    )
