"""Where questions and lines may go, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings, Zone
from ragkit.deployment.origin import Origin, origin_of
from ragkit.deployment.zones import base_url, zone_of
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import EgressError

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


def destinations(deployment: Deployment) -> tuple[str, ...]:
    """Every place to which a question and lines of the policies may be sent, named for people.

    Returns:
        One phrase a language model that may be reached; empty where answers are verbatim only.
    """
    policy = EgressPolicy.of(deployment)
    return tuple(dict.fromkeys(_destinations(deployment, policy)))


def _destinations(deployment: Deployment, policy: EgressPolicy) -> Iterator[str]:
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
