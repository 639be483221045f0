"""Who stands behind a document, since when it is in force, for whom, and who may read it."""

from ragkit.documents.governance.governance import FieldOrigin, Governance, Status

__all__ = ["FieldOrigin", "Governance", "Status"]
