"""The installation: Python, the packages ragkit needs, the extras, and the default embedding model's files."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from importlib.util import find_spec

from ragkit.deployment.deployment import Deployment
from ragkit.doctor.area import Area
from ragkit.doctor.finding import Finding

_AREA = Area("installation")
_PACKAGE = "ragkit"
_OLDEST_PYTHON = (3, 11)

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "serve": ("fastapi", "limits", "prometheus_client", "jwt", "uvicorn"),
    "mcp": ("mcp",),
    "encryption": ("cryptography",),
    "telemetry": ("opentelemetry.sdk",),
}
"""The modules behind each extra that a deployment may need."""
_GIVES = {
    "serve": "'ragkit serve'",
    "mcp": "'ragkit mcp'",
    "encryption": "an encrypted cache",
    "telemetry": "OpenTelemetry spans",
}


def examine_installation(deployment: Deployment, embedding_model: str) -> Iterator[Finding]:
    """Looks at what is installed.

    Args:
        deployment: says which extras are needed.
        embedding_model: as the settings of the knowledge base name it; the default model's files are checked only
            where it is used.
    """
    yield from _AREA.run("python", _python)
    yield from _AREA.run("packages", _packages)
    yield from _AREA.run("extras", lambda: _extras(deployment))
    yield from _AREA.run("embedding model", lambda: _embedding_model(embedding_model))


def _python() -> Iterator[Finding]:
    found = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info >= _OLDEST_PYTHON:
        yield _AREA.ok("python", found)
    else:
        yield _AREA.failed("python", found, "ragkit needs Python 3.11 or newer.")


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    problems, count = [], 0
    for written in metadata.requires(_PACKAGE) or ():
        requirement = Requirement(written)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        count += 1
        try:
            installed = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            problems.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            problems.append(f"{requirement.name} {installed} does not fit {requirement.specifier}")
    if problems:
        yield _AREA.failed("packages", "; ".join(problems), "Install ragkit again: pip install --upgrade ragkit")
    else:
        yield _AREA.ok("packages", f"ragkit {metadata.version(_PACKAGE)}; the {count} packages it needs fit")


def _extras(deployment: Deployment) -> Iterator[Finding]:
    installed = {extra for extra, modules in EXTRAS.items() if all(_is_there(module) for module in modules)}
    for extra in sorted(_needed(deployment) - installed):
        yield _AREA.failed(
            "extras",
            f"the deployment file asks for {_GIVES[extra]}, and what it needs is not installed",
            f"pip install ragkit[{extra}]",
            subject=extra,
        )
    missing = [f"{extra} ({_GIVES[extra]})" for extra in EXTRAS if extra not in installed | _needed(deployment)]
    parts = [f"installed: {', '.join(extra for extra in EXTRAS if extra in installed) or 'none'}"]
    if missing:
        parts.append(f"not installed and not needed: {', '.join(missing)}")
    yield _AREA.ok("extras", "; ".join(parts))


def _needed(deployment: Deployment) -> set[str]:
    wanted = {
        "encryption": deployment.cache.folder is not None and deployment.cache.encrypted,
        "telemetry": deployment.telemetry.spans,
        "serve": deployment.server.identity is not None,
    }
    return {extra for extra, needed in wanted.items() if needed}


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of the package above it
        return False


def _embedding_model(name: str) -> Iterator[Finding]:
    from ragkit.embedding.weights import (
        DEFAULT_PACKAGE,
        DEFAULT_WEIGHTS_SHA256,
        default_model_folder,
        read_checked_tensors,
    )

    if name != "default":
        yield _AREA.ok("embedding model", f"{name!r}, which the knowledge base's settings name; not the default model")
        return
    read_checked_tensors(default_model_folder() / "model.safetensors", DEFAULT_WEIGHTS_SHA256)
    version = metadata.version(DEFAULT_PACKAGE)
    yield _AREA.ok(
        "embedding model",
        f"all-MiniLM-L6-v2 ({DEFAULT_PACKAGE} {version}), SHA-256 {DEFAULT_WEIGHTS_SHA256[:12]}… as published",
    )
