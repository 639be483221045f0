"""Who stands behind a document, since when it is in force, for whom, and who may read it."""

from ragkit.documents.governance.governance import Classification, FieldOrigin, Governance, Status

__all__ = ["Classification", "FieldOrigin", "Governance", "Status"]
