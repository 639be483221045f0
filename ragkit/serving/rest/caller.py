"""Who asks, for routes: from the bearer token alone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from ragkit.access.user import User
from ragkit.serving.identity import Refusal, TokenRefusedError
from ragkit.serving.rest.problems import ProblemError, unavailable
from ragkit.serving.rest.service import Running
from ragkit.serving.signing_keys import KeysMissingError

bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", scheme_name="token", description="A token of the hospital's own sign-on."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def caller(service: Running, credentials: Credentials) -> User:
    """Who asks.

    Raises:
        ProblemError: nobody knows, or they have asked too often.
    """
    try:
        user = await run_in_threadpool(service.identity.user, credentials.credentials if credentials else None)
    except KeysMissingError:
        raise unavailable("Nobody's sign-on can be checked just now. Try again in a minute.", retry_after=60) from None
    except TokenRefusedError as error:
        service.metrics.refused(error.refusal)
        raise _refused(error) from None
    service.rates.count_user(user.user_id)
    return user


Caller = Annotated[User, Depends(caller)]


async def asker(service: Running, user: Caller) -> User:
    """Who wants an answer.

    Raises:
        ProblemError: nobody knows, or they have asked too often.
    """
    service.rates.count_answer(user.user_id)
    return user


Asker = Annotated[User, Depends(asker)]


def _refused(error: TokenRefusedError) -> ProblemError:
    if error.refusal is Refusal.NO_ROLES:
        return ProblemError(
            HTTPStatus.FORBIDDEN,
            "no-role",
            "Your account has no role in this service. Ask those who manage accounts for one.",
        )
    challenge = "Bearer" if error.refusal is Refusal.MISSING else 'Bearer error="invalid_token"'
    return ProblemError(HTTPStatus.UNAUTHORIZED, "not-signed-in", str(error), headers={"www-authenticate": challenge})
