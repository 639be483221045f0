"""The OpenAI client of one provider: under the egress policy, retrying nothing, the key put on at the last moment."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from ragkit.deployment.deployment import ProviderSettings, Zone
from ragkit.deployment.keys import read_key
from ragkit.deployment.zones import base_url, zone_of
from ragkit.egress.client import build_http_client
from ragkit.egress.policy import EgressPolicy
from ragkit.telemetry.spans import outgoing_headers

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

_MAX_REPLY_BYTES = 1_000_000  # answers have a few thousand
_BYTES_A_TOKEN = 1_000  # streamed: each token comes in an event of its own
_AZURE_VERSION = "2024-10-21"
_PLACEHOLDER = "unused"  # the client insists on a key; the real one never enters it
_SENT = frozenset({"host", "accept", "connection", "content-type", "content-length", "transfer-encoding"})


def build_client(settings: ProviderSettings, policy: EgressPolicy) -> OpenAI:
    """A client that reaches this provider's server and no other. Safe to use from many threads.

    What the environment says of OpenAI (keys, organizations, headers, addresses) does not reach the server, nor does
    the client tell it of this machine. A provider on premises is held to the hosts on premises.

    Raises:
        EgressError: the policy does not permit the server.
        SettingsError: ``ca_file`` cannot be read.
    """
    import httpx2
    from openai import AzureOpenAI, OpenAI

    address = base_url(settings)
    permitted = policy.confined() if zone_of(settings) is Zone.ON_PREMISES else policy
    http = build_http_client(
        permitted.only(address),
        timeout=httpx2.Timeout(settings.timeout_seconds, connect=settings.connect_seconds),
        ca_file=settings.ca_file,
        verify_tls=settings.verify_tls,
        max_reply_bytes=max(_MAX_REPLY_BYTES, settings.output_tokens * _BYTES_A_TOKEN),
    )
    http.event_hooks["request"].append(_Headers(settings))
    if settings.kind == "azure":
        return AzureOpenAI(
            azure_endpoint=address,
            api_version=settings.api_version or _AZURE_VERSION,
            api_key=_PLACEHOLDER,
            max_retries=0,
            http_client=http,
        )
    return OpenAI(api_key=_PLACEHOLDER, base_url=address, max_retries=0, http_client=http)


class _Headers:
    """Leaves of a request's headers what the server needs; puts the key on and, on premises, the trace."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        self._agent = f"ragkit/{version('ragkit')}"
        self._on_premises = zone_of(settings) is Zone.ON_PREMISES

    def __call__(self, request: httpx2.Request) -> None:
        for name in [name for name in request.headers if name.lower() not in _SENT]:
            del request.headers[name]
        request.headers["User-Agent"] = self._agent
        request.headers.update(outgoing_headers(on_premises=self._on_premises))
        key = read_key(self._settings.key_variable, self._settings.key_file)
        if key is None:
            return
        if self._settings.kind == "azure":
            request.headers["api-key"] = key.get_secret_value()
        else:
            request.headers["Authorization"] = f"Bearer {key.get_secret_value()}"
