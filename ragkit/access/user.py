"""The person who asks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class User(BaseModel):
    """An authenticated member of staff, as the hospital's own sign-on knows them.

    Attributes:
        user_id: an identifier for the audit record, not a name.
        roles: the roles the sign-on gives them ("nurse", "pharmacist").
    """

    model_config = ConfigDict(frozen=True)

    user_id: str
    roles: frozenset[str] = frozenset()

    def __init__(self, user_id: str, roles: frozenset[str] | set[str] | list[str] | tuple[str, ...] = frozenset()):
        super().__init__(user_id=user_id, roles=frozenset(roles))
