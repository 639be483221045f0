"""Where a configured language model runs: its address, and whether that is on premises."""

from __future__ import annotations

from ragkit.deployment.deployment import ProviderSettings, Zone
from ragkit.deployment.origin import Origin, origin_of

PUBLIC_SERVICE = "https://api.openai.com/v1"
"""Where a language model without ``base_url`` runs."""
_PUBLIC_HOSTS = (
    "openai.com", "openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com", "openai.azure.us",
    "cognitiveservices.azure.us", "openai.azure.cn", "cognitiveservices.azure.cn", "anthropic.com", "googleapis.com",
    "mistral.ai", "cohere.com", "cohere.ai", "groq.com", "together.ai", "together.xyz", "fireworks.ai", "deepseek.com",
    "deepinfra.com", "openrouter.ai", "perplexity.ai", "x.ai", "huggingface.co",
)  # fmt: skip


def base_url(provider: ProviderSettings) -> str:
    """The address of a language model's server."""
    return provider.base_url or PUBLIC_SERVICE


def zone_of(provider: ProviderSettings) -> Zone:
    """Where a language model runs: a loopback address on premises, a known service in the cloud, else as it is said.

    Raises:
        EgressError: its address cannot be read.
    """
    origin = origin_of(base_url(provider))
    if origin.is_loopback:
        return Zone.ON_PREMISES
    return Zone.CLOUD if is_public_service(origin) else provider.zone


def is_public_service(origin: Origin) -> bool:
    """Whether a host is one of the services that ragkit knows by name, which are on nobody's premises."""
    return any(origin.host == known or origin.host.endswith(f".{known}") for known in _PUBLIC_HOSTS)
