"""Who may see what, and what is in force: one filter, applied in the store and re-checked after it."""

from ragkit.access.in_force import InForce, OutOfForce, OutOfForceReason, VersionRecord, versions_in_force
from ragkit.access.scope import Scope, ScopeViolationError, recheck, resolve_scope
from ragkit.access.user import User

__all__ = [
    "InForce",
    "OutOfForce",
    "OutOfForceReason",
    "Scope",
    "ScopeViolationError",
    "User",
    "VersionRecord",
    "recheck",
    "resolve_scope",
    "versions_in_force",
]
