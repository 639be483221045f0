"""The span of asking one provider: who is asked for what, and what came of it; never the words of either side."""

from __future__ import annotations

from ragkit.deployment.deployment import ProviderSettings, Zone
from ragkit.language_models.base import Attempt, ChatRequest, Outcome
from ragkit.telemetry.spans import Stage, model_request


def request_span(settings: ProviderSettings, zone: Zone, request: ChatRequest) -> Stage:
    """The span of asking a provider, retries included.

    Args:
        settings: who is asked.
        zone: where it runs.
        request: what is asked; only its purpose is told.
    """
    return model_request(
        settings.model,
        azure=settings.kind == "azure",
        provider=settings.name,
        zone=zone,
        purpose=request.purpose,
        output_limit=settings.output_tokens,
    )


def note_attempt(span: Stage, attempt: Attempt) -> None:
    """What became of it. The attempt's sentence stays in the answer's trace: it may come from the server."""
    span.set(
        outcome=attempt.outcome,
        requests=attempt.requests,
        input_tokens=attempt.input_tokens,
        output_tokens=attempt.output_tokens,
        cost=attempt.cost,
    )
    if attempt.outcome is not Outcome.REPLIED:
        span.fail(attempt.outcome.value)
