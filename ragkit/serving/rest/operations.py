"""For those who run the server: whether it lives, whether it can answer, what it counts."""

from __future__ import annotations

from hmac import compare_digest
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from ragkit.deployment.server import MetricsAccess
from ragkit.serving.rest.bodies import HealthReply, ReadyReply
from ragkit.serving.rest.caller import bearer, caller
from ragkit.serving.rest.gate import is_direct
from ragkit.serving.rest.problems import ProblemError, described
from ragkit.serving.rest.service import Running, Service

router = APIRouter(tags=["operations"])
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/health")
async def health() -> HealthReply:
    """Whether the server runs."""
    return HealthReply()


@router.get("/ready", responses={503: {"model": ReadyReply, "description": "Questions cannot be answered now."}})
async def ready(service: Running, response: Response) -> ReadyReply:
    """Whether questions can be answered now: the store opens, the embedder loads, the sign-on's keys are known."""
    readiness = await service.readiness()
    response.status_code = HTTPStatus.OK if readiness.ready else HTTPStatus.SERVICE_UNAVAILABLE
    return readiness


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        **described(
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        200: {"description": "Prometheus's text format.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
async def metrics(service: Running, request: Request) -> Response:
    """What the server counts, for Prometheus; the deployment says who may read it."""
    await _check_access(service, request)
    return Response(service.metrics.exposition(), media_type=METRICS_TYPE)


async def _check_access(service: Service, request: Request) -> None:
    settings = service.settings.metrics
    credentials = await bearer(request)
    match settings.access:
        case MetricsAccess.OFF:
            raise ProblemError(HTTPStatus.NOT_FOUND, "not-found", "There is nothing at this address.")
        case MetricsAccess.LOOPBACK:
            allowed = is_direct(request.scope)
        case MetricsAccess.BEARER:
            key = service.metrics_key
            token = credentials.credentials if credentials else ""
            allowed = key is not None and compare_digest(token.encode(), key.get_secret_value().encode())
        case MetricsAccess.ROLE:
            user = await caller(service, credentials)
            allowed = (settings.role or "").casefold() in {role.casefold() for role in user.roles}
    if not allowed:
        raise ProblemError(HTTPStatus.FORBIDDEN, "forbidden", "The metrics are not for you to read.")
