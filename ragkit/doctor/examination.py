"""The whole examination, one area after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ragkit.deployment.deployment import Deployment
from ragkit.deployment.loading import load_deployment
from ragkit.doctor.area import Area
from ragkit.doctor.cross_encoder import examine_cross_encoder
from ragkit.doctor.deployment import examine_deployment
from ragkit.doctor.finding import Examination, Finding
from ragkit.doctor.installation import examine_installation
from ragkit.doctor.knowledge_base import examine_knowledge_base, stored_settings
from ragkit.doctor.server import examine_server
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import SettingsError
from ragkit.settings import Settings


def examine(
    knowledge_base: Path | None = None,
    deployment_file: Path | None = None,
    *,
    offline: bool = False,
    on_finding: Callable[[Finding], None] | None = None,
) -> Examination:
    """Looks at everything that answering needs. It changes nothing, and shows no key.

    Args:
        knowledge_base: its folder; None to leave it out.
        deployment_file: where connections may go and which language models compose answers; None for the default.
        offline: open no connection: language models and the sign-on service are not asked.
        on_finding: called with each finding as soon as it is made.

    Returns:
        One finding or more for each check. Whatever goes wrong is a finding, too.
    """
    findings = []
    for finding in _all(knowledge_base, deployment_file, offline):
        findings.append(finding)
        if on_finding is not None:
            on_finding(finding)
    return Examination(findings=tuple(findings))


def _all(folder: Path | None, file: Path | None, offline: bool) -> Iterator[Finding]:
    deployment, mistake = _loaded(file)
    settings = stored_settings(folder) if folder is not None else Settings()
    yield from examine_installation(deployment or Deployment(), settings.embedding_model)
    yield from examine_cross_encoder(settings)
    if folder is not None:
        yield from examine_knowledge_base(folder, EgressPolicy.of(deployment or Deployment()))
    if deployment is None:
        yield Area("deployment").failed("file", mistake)
        return
    yield from examine_deployment(deployment, file, settings)
    if not offline:
        yield from _language_models(deployment)
    yield from examine_server(deployment, offline=offline)


def _loaded(file: Path | None) -> tuple[Deployment | None, str]:
    try:
        return (load_deployment(file) if file is not None else Deployment()), ""
    except SettingsError as error:
        return None, str(error)


def _language_models(deployment: Deployment) -> Iterator[Finding]:
    if deployment.providers:
        from ragkit.doctor.language_models import examine_language_models

        yield from examine_language_models(deployment)
