"""The application: routes, what is around them, and what lives as long as the server does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware

from ragkit.deployment.deployment import Deployment
from ragkit.deployment.keys import read_key
from ragkit.deployment.server import MetricsAccess, ServerSettings
from ragkit.knowledge_base import KnowledgeBase
from ragkit.serving.identity import DevelopmentUser, Identity, TokenVerifier
from ragkit.serving.rest import asking, documents, errors, feedback, operations
from ragkit.serving.rest.body_limit import BodyLimit
from ragkit.serving.rest.docs_page import CONTENT_SECURITY_POLICY, docs_page
from ragkit.serving.rest.frame import Frame
from ragkit.serving.rest.gate import LOOPBACK_NAMES, Gate
from ragkit.serving.rest.problems import described
from ragkit.serving.rest.rates import RateLimits
from ragkit.serving.rest.server_metrics import ServerMetrics
from ragkit.serving.rest.service import OK, Service

_log = logging.getLogger("ragkit.serving")
_THREADS_BESIDE_ANSWERS = 4
_SECONDS_BESIDE_MODELS = 10.0
_OF_EVERY_ROUTE = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.MISDIRECTED_REQUEST,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
_NO_TELEMETRY: dict[str, Any] = {
    "telemetry": dict.fromkeys(("tracing", "metrics", "logs", "operation_spans", "auto_configure"), False)
}
"""FastAPI's own telemetry records bodies and exceptions' words, which hold questions. ragkit has its own."""


def create_app(
    open_knowledge_base: Callable[[], KnowledgeBase], identity: Identity, deployment: Deployment | None = None
) -> FastAPI:
    """The REST application, for any ASGI server; ``ragkit serve`` runs it with uvicorn.

    While it runs, the event loop's default executor is one with as many threads as questions are worked on.

    Args:
        open_knowledge_base: opens what is asked, when the server starts; it is closed when the server stops.
        identity: where users come from.
        deployment: its ``server`` has the limits; None for the defaults.

    Raises:
        SettingsError: the key for ``/metrics`` cannot be read.
    """
    deployment = deployment or Deployment()
    settings = deployment.server
    seconds = settings.answer_seconds or deployment.generation.deadline_seconds + _SECONDS_BESIDE_MODELS
    rates = RateLimits(settings.rates)
    metrics = ServerMetrics()
    wants_key = settings.metrics.access is MetricsAccess.BEARER
    key = read_key(settings.metrics.key_variable, settings.metrics.key_file) if wants_key else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = ThreadPoolExecutor(settings.concurrent + _THREADS_BESIDE_ANSWERS, thread_name_prefix="ragkit")
        asyncio.get_running_loop().set_default_executor(pool)
        with await asyncio.to_thread(open_knowledge_base) as base:
            app.state.service = Service(base, identity, settings, seconds, rates, metrics, key)
            _watch(app.state.service)
            await _warm_up(app.state.service)
            yield

    app = _bare_app(settings, lifespan)
    for router in (asking.router, documents.router, feedback.router, operations.router):
        app.include_router(router)
    errors.install(app)
    _add_layers(app, settings, rates, metrics, direct_only=isinstance(identity, DevelopmentUser))
    return app


def _bare_app(settings: ServerSettings, lifespan: Any) -> FastAPI:
    """An application with its description and nothing else. Its page is ours: the usual one comes from other hosts."""
    app = FastAPI(
        title="ragkit",
        version=version("ragkit"),
        description="Answers from institutional policies, with citations that can be checked word by word.",
        openapi_url="/openapi.json" if settings.docs else None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        responses=described(*_OF_EVERY_ROUTE),
        generate_unique_id_function=_operation_name,
        **_NO_TELEMETRY,
    )
    if settings.docs:

        async def docs() -> HTMLResponse:
            return HTMLResponse(docs_page(app.openapi()), headers={"content-security-policy": CONTENT_SECURITY_POLICY})

        app.add_api_route("/docs", docs, include_in_schema=False)
    return app


def _operation_name(route: APIRoute) -> str:
    return route.name


def _add_layers(
    app: FastAPI, settings: ServerSettings, rates: RateLimits, metrics: ServerMetrics, *, direct_only: bool
) -> None:
    """What every request goes through; the last one added is the outermost."""
    app.add_middleware(BodyLimit, body_bytes=settings.body_bytes, body_seconds=settings.body_seconds)
    host_names = settings.host_names or (LOOPBACK_NAMES if direct_only else ())
    app.add_middleware(Gate, rates=rates, host_names=host_names, direct_only=direct_only)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.allowed_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
            expose_headers=["retry-after", "x-request-id"],
        )
    app.add_middleware(Frame, on_done=metrics.request_done)


def _watch(service: Service) -> None:
    """Numbers that Prometheus asks for."""
    metrics, identity = service.metrics, service.identity
    metrics.watch("ragkit_questions_working", "Questions worked on now.", lambda: service.capacity.working)
    metrics.watch("ragkit_questions_waiting", "Questions waiting for a place.", lambda: service.capacity.waiting)
    metrics.watch_states(
        "ragkit_language_model_state",
        "Circuits of the language models: 1 for the state that each one is in.",
        lambda: service.knowledge_base.language_model_states,
    )
    if isinstance(identity, TokenVerifier):
        keys = identity.keys
        metrics.watch("ragkit_signing_keys_age_seconds", "Seconds since the keys were read.", lambda: keys.age_seconds)
        metrics.watch_states(
            "ragkit_signing_keys_state", "How far the keys can be relied on.", lambda: {"keys": keys.state.value}
        )


async def _warm_up(service: Service) -> None:
    """Loads the embedder and fetches the keys before the first question; says what is missing."""
    for name, state in (await service.readiness()).checks.items():
        if state not in (OK, "none"):
            _log.warning("%s: %s; /ready says when that has changed", name, state)
