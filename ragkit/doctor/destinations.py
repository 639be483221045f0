"""Where questions and lines may go, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings, Zone
from ragkit.deployment.origin import Origin, origin_of
from ragkit.deployment.zones import PUBLIC_SERVICE, base_url, zone_of
from ragkit.egress.policy import EgressPolicy
from ragkit.embedding.factory import OPENAI_PREFIX
from ragkit.errors import EgressError
from ragkit.settings import Settings

_PROFILES = {
    Profile.LOCAL: "no connection leaves this machine",
    Profile.ON_PREMISES: "connections go to the listed hosts only",
    Profile.CLOUD: "connections go to the listed hosts and to the language models",
    Profile.HYBRID: "questions with patient identifiers and internal-only documents stay on premises, the rest "
    "may go out",
}


def profile_in_words(profile: Profile) -> str:
    """What a profile promises, in one phrase."""
    return _PROFILES[profile]


def destinations(deployment: Deployment, settings: Settings | None = None) -> tuple[str, ...]:
    """Every place to which a question and lines of the policies may be sent, named for people.

    Args:
        deployment: says which language models there are and what may be reached.
        settings: of the knowledge base, whose embedding model may run behind a server too.

    Returns:
        One phrase a place; empty where nothing is sent anywhere.
    """
    policy = EgressPolicy.of(deployment)
    return tuple(dict.fromkeys([*_embedding(settings, policy), *_models(deployment, policy)]))


def embedding_address(settings: Settings) -> str | None:
    """Where the embedding model runs that the settings name; None for this process."""
    if not settings.embedding_model.startswith(OPENAI_PREFIX):
        return None
    return settings.embedding_base_url or PUBLIC_SERVICE


def _embedding(settings: Settings | None, policy: EgressPolicy) -> Iterator[str]:
    address = embedding_address(settings) if settings is not None else None
    if settings is not None and address is not None and policy.for_documents().permits(address):
        name, origin = settings.embedding_model.removeprefix(OPENAI_PREFIX), origin_of(address)
        where = "this machine" if origin.is_loopback else "every question and every text is embedded there"
        yield f"{name} at {origin} ({where})"


def _models(deployment: Deployment, policy: EgressPolicy) -> Iterator[str]:
    if not deployment.generation.enabled:
        return
    for provider in deployment.providers:
        if policy.permits(base_url(provider)):
            origin = origin_of(base_url(provider))
            yield f"{provider.model} at {origin} ({_where(provider, origin)})"


def _where(provider: ProviderSettings, origin: Origin) -> str:
    if origin.is_loopback:
        return "this machine"
    return "on premises" if zone_of(provider) is Zone.ON_PREMISES else "outside the hospital"


def plain_http(deployment: Deployment) -> tuple[str, ...]:
    """The addresses beyond this machine that are spoken to without encryption."""
    addresses = [*deployment.allowed_hosts, *(base_url(provider) for provider in deployment.providers)]
    if deployment.proxy:
        addresses.append(deployment.proxy)
    if deployment.server.identity is not None and deployment.server.identity.jwks_url:
        addresses.append(deployment.server.identity.jwks_url)
    found = []
    for address in addresses:
        if address.strip().lower().startswith("http://"):
            try:
                origin = origin_of(address.strip())
            except EgressError:  # said by another check
                continue
            if not origin.is_loopback:
                found.append(str(origin))
    return tuple(dict.fromkeys(found))
