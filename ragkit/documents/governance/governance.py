"""The governance record of one document version."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Status(StrEnum):
    """Where a version stands in the policy life cycle."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


class Classification(StrEnum):
    """Whether a document's lines may go to language models outside the institution."""

    SHAREABLE = "shareable"
    """They may, where the deployment's profile permits it."""
    INTERNAL_ONLY = "internal_only"
    """They stay on premises under the profile "hybrid"."""


class FieldOrigin(StrEnum):
    """Where a governance field was read, strongest first."""

    SIDECAR = "sidecar"
    FOLDER_FILE = "folder_file"
    FRONT_MATTER = "front_matter"
    PROPERTIES = "document_properties"
    HEADER_BLOCK = "header_block"
    FILE_NAME = "file_name"
    ARGUMENT = "argument"
    DEFAULT = "default"


PUBLIC_ROLE = "public"
"""In ``Governance.roles``: everybody may read the document, also somebody who has not signed in."""

STAFF_ROLE = "staff"
"""In ``Governance.roles``: every authenticated member of staff may read the document, whatever the role."""


class Governance(BaseModel):
    """Who stands behind a document version, since when it is in force, for whom, and who may read it.

    Attributes:
        title: the policy's title.
        reference_number: the number staff know it by ("8030", "IC-204"), None if it has none.
        owner: the department or person who maintains it.
        approver: who signed it.
        site: the site it applies to; None means every site of the institution.
        original_date: when the policy was first issued.
        effective_date: from this day the version is in force.
        revised_date: when its words were last changed.
        last_reviewed: when it was last reviewed, changed or not.
        review_due: the day by which it has to be reviewed again.
        retired_date: from this day it is no longer in force.
        supersedes: what it replaces, as the document says it: a version, a date or a reference number.
        status: where it stands in the life cycle; drafts and reviews are never in force.
        version: the version's own label, None if the document states none.
        applies_to: populations or units ("adult", "pediatric", "emergency department").
        audience: who is addressed ("nurses", "paramedics").
        roles: who may read it. Empty: only what the knowledge base's access setting allows; see ``PUBLIC_ROLE``
            and ``STAFF_ROLE``.
        classification: whether its lines may go to language models outside the institution.
        origins: for each field that was found, where it was read.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    reference_number: str | None = None
    owner: str | None = None
    approver: str | None = None
    site: str | None = None
    original_date: date | None = None
    effective_date: date | None = None
    revised_date: date | None = None
    last_reviewed: date | None = None
    review_due: date | None = None
    retired_date: date | None = None
    supersedes: str | None = None
    status: Status = Status.ACTIVE
    version: str | None = None
    applies_to: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    classification: Classification = Classification.SHAREABLE
    origins: dict[str, FieldOrigin] = {}
