"""What a deployment says against itself. The transport enforces the rules; this says early, and all at once, what they
will refuse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings, Zone
from ragkit.deployment.origin import Origin, listed_origin, origin_of
from ragkit.deployment.zones import base_url, is_public_service, zone_of
from ragkit.errors import EgressError

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
_INSIDE = (Profile.ON_PREMISES, Profile.HYBRID)


def problems_of(deployment: Deployment) -> list[str]:
    """Why this deployment cannot be used, one plain sentence each; nothing where it can."""
    return list(_problems(deployment))


def remarks_on(deployment: Deployment) -> list[str]:
    """What can be used, but is perhaps not meant."""
    return list(_remarks(deployment))


def _problems(deployment: Deployment) -> Iterator[str]:
    listed, unreadable = _listed(deployment)
    yield from unreadable
    for origin in listed:
        if deployment.profile is Profile.LOCAL and not origin.is_loopback:
            yield f"allowed_hosts: the profile 'local' reaches no other machine, and {origin} is one."
        if deployment.profile in _INSIDE and is_public_service(origin):
            yield f"allowed_hosts are hosts on premises, and {origin} is a public service."
    for name, count in Counter(provider.name for provider in deployment.providers).items():
        if count > 1:
            yield f"providers: {count} are called {name!r}; each one needs a name of its own."
    for provider in deployment.providers:
        for problem in _provider_problems(provider, deployment, listed):
            yield f"provider {provider.name!r}: {problem}"
    yield from _hybrid_problems(deployment, listed)
    yield from _proxy_problems(deployment, listed)
    if deployment.cache.folder is not None and deployment.cache.encrypted:
        yield from (f"cache: {each}" for each in _variable_problems(deployment.cache.key_variable))
        if not (deployment.cache.key_variable or deployment.cache.key_file):
            yield "cache: an encrypted cache needs a key; name key_variable or key_file."
    identity = deployment.server.identity
    if identity is not None and identity.jwks_url is not None:
        yield from (
            f"server.identity.jwks_url: {each}" for each in _reach_problems(identity.jwks_url, deployment, listed)
        )


def _provider_problems(provider: ProviderSettings, deployment: Deployment, listed: set[Origin]) -> Iterator[str]:
    if provider.kind == "azure":
        if provider.api_version is None:
            yield "kind 'azure' needs an api_version, as in '2024-10-21'."
        if provider.base_url is None:
            yield "kind 'azure' needs a base_url: the resource's endpoint, as in 'https://NAME.openai.azure.com'."
    elif provider.api_version is not None:
        yield "api_version is for kind 'azure' only."
    yield from _variable_problems(provider.key_variable)
    url = base_url(provider)
    if "?" in url or "#" in url:
        yield "base_url has a part after '?' or '#'; write the address only. Keys go into key_variable or key_file."
        return
    try:
        origin = origin_of(url)
    except EgressError as error:
        yield f"base_url: {error}"
        return
    if not provider.verify_tls and not origin.is_loopback:
        yield f"verify_tls may be false for a loopback address only; name the authority of {origin.host} in ca_file."
    public = is_public_service(origin)
    if public and "zone" in provider.model_fields_set and provider.zone is Zone.ON_PREMISES:
        yield f"{origin.host} is a public service; its zone is 'cloud'."
    if public and not (provider.key_variable or provider.key_file):
        yield f"{origin.host} wants a key; name key_variable or key_file."
    may_be_new = deployment.profile in (Profile.CLOUD, Profile.HYBRID) and origin.scheme == "https"
    if not may_be_new:
        yield from _reach_problems(url, deployment, listed)


def _reach_problems(url: str, deployment: Deployment, listed: set[Origin]) -> Iterator[str]:
    """Why an address cannot be reached that is not reachable just by being a language model's."""
    try:
        origin = origin_of(url)
    except EgressError as error:
        yield str(error)
        return
    if origin.is_loopback or origin in listed:
        return
    if deployment.profile is Profile.LOCAL:
        yield f"the profile 'local' reaches no other machine, and {origin} is one; choose another profile."
    elif origin.scheme == "http":
        yield f"{origin.host} would be reached in clear text. Use https, or permit it: add '{origin}' to allowed_hosts."
    else:
        yield f"{origin} is not in allowed_hosts; add '{str(origin).removeprefix('https://')}'."


def _hybrid_problems(deployment: Deployment, listed: set[Origin]) -> Iterator[str]:
    if deployment.profile is not Profile.HYBRID:
        return
    zones: dict[str, set[Zone]] = {origin.host: {Zone.ON_PREMISES} for origin in listed}
    for provider in deployment.providers:
        try:
            zones.setdefault(origin_of(base_url(provider)).host, set()).add(zone_of(provider))
        except EgressError:
            continue  # said already
    for host, found in zones.items():
        if len(found) > 1:
            yield f"{host} is said to be on premises and in the cloud; set the provider's zone, or unlist the host."


def _proxy_problems(deployment: Deployment, listed: set[Origin]) -> Iterator[str]:
    if deployment.proxy is None:
        return
    if deployment.profile not in (Profile.CLOUD, Profile.HYBRID):
        yield f"proxy carries requests to the cloud; the profile '{deployment.profile}' makes none."
        return
    yield from (f"proxy: {each}" for each in _reach_problems(deployment.proxy, deployment, listed))


def _variable_problems(variable: str | None) -> Iterator[str]:
    if variable is not None and not _VARIABLE.fullmatch(variable):
        yield (
            "key_variable is the name of an environment variable (capital letters, digits, '_'), not the key itself. "
            "If a key stood here, make it invalid."
        )


def _listed(deployment: Deployment) -> tuple[set[Origin], list[str]]:
    listed: set[Origin] = set()
    problems: list[str] = []
    for entry in deployment.allowed_hosts:
        try:
            listed.add(listed_origin(entry))
        except EgressError as error:
            problems.append(f"allowed_hosts: {error}")
    return listed, problems


def _remarks(deployment: Deployment) -> Iterator[str]:
    providers = deployment.providers
    zones = [zone_of(provider) for provider in providers]
    if deployment.profile is Profile.HYBRID and Zone.ON_PREMISES not in zones:
        yield (
            "The profile 'hybrid' has no language model on premises: questions with patient identifiers and "
            "internal-only documents are answered with verbatim lines."
        )
    if deployment.profile is Profile.HYBRID and Zone.CLOUD not in zones:
        yield "The profile 'hybrid' has no language model in the cloud; 'on_premises' says the same and permits less."
    if deployment.profile is Profile.CLOUD and providers and Zone.CLOUD not in zones:
        yield "The profile 'cloud' has no language model in the cloud; 'on_premises' permits less."
    if deployment.generation.enabled and not providers and deployment.profile is not Profile.LOCAL:
        yield "No language model is configured: answers are verbatim lines."
    for provider, zone in zip(providers, zones, strict=True):
        if zone is Zone.CLOUD and provider.input_price == 0 and provider.output_price == 0:
            yield f"Provider '{provider.name}' has no prices, so that cost_per_day counts nothing for it."
