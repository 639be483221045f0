"""Who may see what, and what is in force: one filter, applied in the store and re-checked after it."""

from ragkit.access.user import User

__all__ = ["User"]
