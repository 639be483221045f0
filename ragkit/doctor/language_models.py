"""The language models, asked: reached, with this key, under this name, and do they keep to a JSON schema?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from ragkit.deployment.deployment import Deployment, ProviderSettings, ReplyFormat
from ragkit.deployment.origin import origin_of
from ragkit.deployment.zones import base_url
from ragkit.doctor.area import Area
from ragkit.doctor.clock import clock_skew
from ragkit.doctor.finding import Finding
from ragkit.egress.policy import EgressPolicy
from ragkit.language_models.base import Outcome

if TYPE_CHECKING:
    from ragkit.language_models.probing import Probe

_AREA = Area("language models")
_SECONDS = 60.0
"""A server that loads its model first may need as long."""
_SHOWN_NAMES = 8


def examine_language_models(deployment: Deployment) -> Iterator[Finding]:
    """Asks each language model one short question; it costs some sixty tokens each.

    Args:
        deployment: as loaded.
    """
    policy = EgressPolicy.of(deployment)
    for provider in deployment.providers:
        yield from _AREA.run("probe", partial(_probed, provider, policy), subject=provider.name)


def _probed(provider: ProviderSettings, policy: EgressPolicy) -> Iterator[Finding]:
    from ragkit.language_models.probing import probe

    found = probe(provider, policy, seconds=_SECONDS)
    yield from _steps(provider, found, origin_of(base_url(provider)).host)
    if found.reachable:
        yield from _clock(provider, policy)


def _steps(provider: ProviderSettings, probe: Probe, host: str) -> Iterator[Finding]:
    """The steps to a usable reply, until the first one that fails."""
    name = provider.name
    if probe.reachable is False:
        advice = f"Is the server running, and does the network let this machine reach {host}?"
        yield _AREA.failed("reachable", probe.detail, advice, subject=name)
        return
    if probe.reachable:
        yield _AREA.ok("reachable", f"{host} replies", subject=name)
    if probe.key_accepted is False:
        advice = "Compare the key with the one that the service shows or issued."
        yield _AREA.failed("key accepted", probe.detail, advice, subject=name)
        return
    if probe.model_known is False and probe.outcome is not Outcome.REPLIED:
        listed = ", ".join(probe.models[:_SHOWN_NAMES])
        has = f"The server lists: {listed}." if listed else "Ask the server's administrator for the model's name."
        yield _AREA.failed("model known", probe.detail, has, subject=name)
        return
    yield from _reply(provider, probe)


def _reply(provider: ProviderSettings, probe: Probe) -> Iterator[Finding]:
    name, took = provider.name, probe.milliseconds
    if probe.usable:
        yield _AREA.ok("key accepted", "yes" if provider.key_variable or provider.key_file else "none", subject=name)
        yield from _model(provider, probe)
        yield _AREA.ok("JSON schema", "honoured", subject=name, milliseconds=took)
        if took / 1000 > provider.timeout_seconds / 2:
            found = (
                f"a reply of ten words took {took / 1000:.0f} s, and timeout_seconds is {provider.timeout_seconds:g}"
            )
            yield _AREA.warning("latency", found, "Ask again once the model is loaded, or raise it.", subject=name)
    elif probe.schema_honoured is False:
        yield _AREA.failed("JSON schema", probe.detail, _other_format(provider.reply_format), subject=name)
    else:
        yield _AREA.failed("reply", probe.detail, _reply_advice(provider, probe.outcome), subject=name)


def _model(provider: ProviderSettings, probe: Probe) -> Iterator[Finding]:
    if probe.model_known:
        yield _AREA.ok("model known", provider.model, subject=provider.name)
    else:
        advice = "Write the model's name as the server has it, or an answer's trace names another than replied."
        yield _AREA.warning("model known", probe.detail, advice, subject=provider.name)


def _reply_advice(provider: ProviderSettings, outcome: Outcome) -> str:
    if outcome in (Outcome.SERVER_ERROR, Outcome.REJECTED):
        return f"Look into the server's log. {_other_format(provider.reply_format)}"
    if outcome is Outcome.UNUSABLE:
        return "Is base_url the address of an OpenAI-compatible server? It mostly ends in '/v1'."
    if outcome is Outcome.TOO_MANY_REQUESTS:
        return "Wait, or ask for a higher limit; set concurrent to what the service allows."
    return "Look into the server's log."


def _other_format(tried: ReplyFormat) -> str:
    others = [f"'{each.value}'" for each in ReplyFormat if each is not tried]
    return f"Servers differ in how they are asked for JSON: try reply_format = {' or '.join(others)}."


def _clock(provider: ProviderSettings, policy: EgressPolicy) -> Iterator[Finding]:
    """Whether the server's clock and ours agree; nothing where it cannot be told, or for this machine itself."""
    from ragkit.language_models.client import build_client

    origin = origin_of(base_url(provider))
    if origin.is_loopback:
        return
    try:
        with build_client(provider, policy) as client:
            headers = client.models.with_raw_response.list(timeout=_SECONDS / 6).headers
    except Exception:  # not every server lists its models; that is no fault
        return
    yield from clock_skew(_AREA, headers.get("date"), origin.host)
