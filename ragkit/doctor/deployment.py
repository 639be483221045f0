"""The deployment file: what it permits in plain words, and what in it contradicts itself or leaves a gap."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ragkit.deployment.deployment import Deployment, ProviderSettings, Zone
from ragkit.deployment.origin import origin_of
from ragkit.deployment.validation import remarks_on
from ragkit.deployment.zones import base_url, zone_of
from ragkit.doctor.area import Area
from ragkit.doctor.budget import examine_budget
from ragkit.doctor.cache import examine_cache
from ragkit.doctor.credentials import examine_certificates, examine_key
from ragkit.doctor.destinations import destinations, embedding_address, plain_http, profile_in_words
from ragkit.doctor.finding import Finding
from ragkit.egress.policy import EgressPolicy
from ragkit.settings import Settings

_AREA = Area("deployment")


def examine_deployment(deployment: Deployment, file: Path | None, settings: Settings) -> Iterator[Finding]:
    """Looks at a deployment without opening a connection.

    Args:
        deployment: as loaded.
        file: where it was read; None for the default one.
        settings: of the knowledge base, whose embedding model may run behind a server.
    """
    yield _AREA.ok("file", f"{file} is valid" if file else "none given: the default, which opens no connection")
    yield from _AREA.run("profile", lambda: _profile(deployment, settings))
    yield from _AREA.run("hosts", lambda: _hosts(deployment))
    yield from _AREA.run("embedding", lambda: _embedding(deployment, settings))
    yield from _AREA.run("generation", lambda: _generation(deployment))
    yield from _AREA.run("budget", lambda: examine_budget(_AREA, deployment))
    yield from _AREA.run("cache", lambda: examine_cache(_AREA, deployment.cache))
    yield from _AREA.run("telemetry", lambda: _telemetry(deployment))
    for provider in deployment.providers:
        yield from _AREA.run("language model", partial(_provider, deployment, provider), subject=provider.name)


def _profile(deployment: Deployment, settings: Settings) -> Iterator[Finding]:
    places = destinations(deployment, settings)
    goes = f"Questions may go to: {'; '.join(places)}" if places else "Questions go nowhere"
    yield _AREA.ok("profile", f"{deployment.profile.value}: {profile_in_words(deployment.profile)}. {goes}")
    for remark in remarks_on(deployment):
        yield _AREA.warning("profile", remark, "If that is meant, nothing has to be done.")


def _hosts(deployment: Deployment) -> Iterator[Finding]:
    policy = EgressPolicy.of(deployment)
    for address in plain_http(deployment):
        yield _AREA.warning(
            "hosts",
            f"{address} is spoken to without encryption; whoever can listen in the network can read questions and keys",
            "Give that server a certificate and write https.",
        )
    listed = ", ".join(sorted(str(origin) for origin in policy.on_premises | policy.cloud))
    yield _AREA.ok("hosts", f"beyond this machine, connections may go to: {listed or 'none'}")


def _embedding(deployment: Deployment, settings: Settings) -> Iterator[Finding]:
    address = embedding_address(settings)
    if address is not None:
        origin = EgressPolicy.of(deployment).for_documents().check(address)
        yield _AREA.ok("embedding", f"{settings.embedding_model} at {origin}, which the profile permits")


def _generation(deployment: Deployment) -> Iterator[Finding]:
    generation = deployment.generation
    if not deployment.providers:
        yield _AREA.ok("generation", "no language model: answers are the policies' own lines")
    elif not generation.enabled:
        yield _AREA.ok("generation", "switched off: answers are the policies' own lines")
    else:
        yield _AREA.ok("generation", f"answers are composed within {generation.deadline_seconds:g} s, else verbatim")
    identity, limit = deployment.server.identity, deployment.server.answer_seconds
    if identity and deployment.providers and limit is not None and limit <= generation.deadline_seconds:
        yield _AREA.warning(
            "generation",
            f"server.answer_seconds ({limit:g}) is no longer than generation.deadline_seconds"
            f" ({generation.deadline_seconds:g}): the server gives up before the verbatim answer is there",
            "Raise server.answer_seconds a few seconds above it.",
        )


def _telemetry(deployment: Deployment) -> Iterator[Finding]:
    telemetry = deployment.telemetry
    if telemetry.spans and telemetry.content:
        yield _AREA.warning(
            "telemetry",
            "spans carry questions and answers (identifiers taken out); the system that receives them holds them too",
            "Set telemetry.content = false unless that is wanted.",
        )
    else:
        yield _AREA.ok("telemetry", "spans without content" if telemetry.spans else "off")


def _provider(deployment: Deployment, provider: ProviderSettings) -> Iterator[Finding]:
    EgressPolicy.of(deployment).check(base_url(provider))
    yield _AREA.ok("language model", f"{provider.model} at {origin_of(base_url(provider))}", subject=provider.name)
    yield from examine_key(
        _AREA,
        provider.key_variable,
        provider.key_file,
        subject=provider.name,
        what="key",
        needed=_is_cloud(provider),
    )
    if provider.ca_file is not None:
        yield from examine_certificates(_AREA, provider.ca_file, subject=provider.name)
    if not provider.verify_tls:
        yield _AREA.ok("certificates", "not verified, which is possible on this machine only", subject=provider.name)


def _is_cloud(provider: ProviderSettings) -> bool:
    return zone_of(provider) is Zone.CLOUD
