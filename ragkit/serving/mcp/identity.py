"""Who makes a request over HTTP: the bearer token of that request, verified, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from anyio import to_thread
from mcp import MCPError
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.context import ServerRequestContext
from mcp.types import INVALID_REQUEST

from ragkit.access.user import User
from ragkit.errors import AuthenticationError
from ragkit.serving.identity import Identity, TokenRefusedError

_log = logging.getLogger(__name__)
_ROLES = "ragkit_roles"


class BearerTokens:
    """The protocol package's hook for verifying tokens, with the hospital's own sign-on behind it."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who sent a token; None where it proves nothing, whyever: the reply says the same for each reason."""
        try:
            user = await to_thread.run_sync(self._identity.user, token)
        except TokenRefusedError as error:
            _log.info("a token was refused: %s", error.refusal)
            return None
        except AuthenticationError as error:
            _log.error("no token can be verified: %s", error)
            return None
        # The token itself is not handed on: nothing behind this point needs it.
        return AccessToken(
            token="", client_id=user.user_id, subject=user.user_id, scopes=[], claims={_ROLES: sorted(user.roles)}
        )


def signed_in_caller(context: ServerRequestContext[Any, Any]) -> User:
    """The user whose verified token came with this very request.

    Raises:
        MCPError: there is none.
    """
    user = context.request.scope.get("user") if context.request is not None else None
    if not isinstance(user, AuthenticatedUser):
        raise MCPError(code=INVALID_REQUEST, message="Sign in: this request carries no valid access token.")
    token = user.access_token
    return User(token.client_id, roles=frozenset((token.claims or {}).get(_ROLES, ())))


def always(user: User | None) -> Callable[[ServerRequestContext[Any, Any]], User | None]:
    """One caller for every request: whoever started the process."""
    return lambda context: user
