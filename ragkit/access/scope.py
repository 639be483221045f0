"""Which document versions one reader may search on one day: one filter, applied in the store and re-checked after it.

Deny by default. The role filter comes first: what a reader may not read is not counted, not named and not hinted at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

from ragkit.access.in_force import VersionRecord, by_document, only_version_in_force, versions_in_force
from ragkit.access.user import User
from ragkit.documents.governance.governance import PUBLIC_ROLE, STAFF_ROLE
from ragkit.errors import RagkitError, SettingsError
from ragkit.settings import AccessMode

Hit = TypeVar("Hit")

OTHER_SITE = "other_site"
NOT_IN_FORCE = "not_in_force"


class ScopedRecord(VersionRecord, Protocol):
    """A version record that also says where it applies and who may read it."""

    @property
    def site(self) -> str | None:
        """Where it applies; None for every site."""
        ...

    @property
    def roles(self) -> Sequence[str]:
        """Who may read it."""
        ...


class ReaderRecord(Protocol):
    """All that is needed to decide whether somebody may read a version."""

    @property
    def roles(self) -> Sequence[str]:
        """Who may read it."""
        ...


class ScopeViolationError(RagkitError):
    """A search returned something the reader may not see. Nothing was shown; this is a defect to be reported."""


@dataclass(frozen=True)
class Scope:
    """What one reader may search: readable by their roles, in force on the day, and of the site.

    Attributes:
        version_keys: the versions that may be searched, and no others.
        left_out: how many versions that the reader *may* read were left out, by reason (``other_site``,
            ``not_in_force``). Versions the reader may not read are in no count.
        site: the site asked for; None for all.
        as_of: the day asked for; None for today.
        granted_roles: the normalised roles that give this reader access.
        unassigned_readable: whether versions that name no roles may be read (``access="open"``).
    """

    version_keys: frozenset[int]
    left_out: Mapping[str, int] = field(default_factory=dict)
    site: str | None = None
    as_of: date | None = None
    granted_roles: frozenset[str] = frozenset()
    unassigned_readable: bool = False

    def readable(self, version: ReaderRecord) -> bool:
        """Whether this reader may read a version at all, whatever its site and whether or not it is in force."""
        if not version.roles:
            return self.unassigned_readable
        return any(_plain(role) in self.granted_roles for role in version.roles)

    def __contains__(self, version_key: object) -> bool:
        return version_key in self.version_keys


def resolve_scope(
    versions: Iterable[ScopedRecord],
    *,
    site: str | None,
    user: User | None,
    as_of: date | None,
    access: AccessMode,
    today: date | None = None,
) -> Scope:
    """The versions that ``user`` may search at ``site`` on ``as_of``.

    Args:
        versions: all versions in the knowledge base.
        site: the site to answer for; documents without a site apply to every site. None searches all sites.
        user: who asks; None for somebody who has not signed in.
        as_of: the day that is asked about; None for today.
        access: "enforced": a version that names no roles is read by nobody, and ``user=None`` reads only what is
            "public". "open": versions without roles, "public" and "staff" ones are read by anybody; versions that name
            other roles still only by a user who has one of them.
        today: the day on which the question is asked; None for the clock's.

    Raises:
        SettingsError: ``site`` is blank.
    """
    if site is not None and not _plain(site):
        raise SettingsError("site is blank. Name a site, or pass site=None to search all sites.")
    empty = Scope(
        version_keys=frozenset(),
        site=site,
        as_of=as_of,
        granted_roles=_granted_roles(user, access),
        unassigned_readable=access == "open",
    )
    return _filled(empty, versions, today or date.today())


def _filled(scope: Scope, versions: Iterable[ScopedRecord], today: date) -> Scope:
    """The scope of a reader, a site and a day with the versions it opens and the counts of what it leaves out."""
    may_read = _remembering(scope)
    allowed: set[int] = set()
    left_out = {OTHER_SITE: 0, NOT_IN_FORCE: 0}
    for versions_of_document in by_document(versions).values():
        readable = [version for version in versions_of_document if may_read(version)]
        of_site = [version for version in readable if applies_at(version, scope.site)]
        left_out[OTHER_SITE] += len(readable) - len(of_site)
        if of_site:
            in_force, known = decide_in_force(versions_of_document, readable, scope.site, scope.as_of, today)
            allowed.update(key for version in of_site if (key := version.version_key) in in_force)
            left_out[NOT_IN_FORCE] += sum(version.version_key not in known for version in of_site)
    return replace(scope, version_keys=frozenset(allowed), left_out=MappingProxyType(left_out))


def recheck(
    scope: Scope,
    hits: Iterable[Hit],
    *,
    version_key: Callable[[Any], int] = attrgetter("version_key"),
    on_violation: Literal["raise", "drop"] = "raise",
) -> list[Hit]:
    """The second look, after retrieval: what came back is compared with the scope again, one by one.

    Args:
        scope: what the reader may search.
        hits: what a search returned.
        version_key: how to read the version key of a hit.
        on_violation: "raise" (a filter failed, which is a defect and must be seen) or "drop".

    Returns:
        The hits inside the scope, in their order.

    Raises:
        ScopeViolationError: a hit lies outside the scope, unless ``on_violation="drop"``. The message says nothing
            about the hit.
    """
    kept = []
    for hit in hits:
        if version_key(hit) in scope.version_keys:
            kept.append(hit)
        elif on_violation == "raise":
            raise ScopeViolationError(
                "A search returned a passage outside the reader's scope, so nothing is shown. "
                "Run `ragkit check --repair`; if it happens again, please report it."
            )
    return kept


def applies_at(version: ScopedRecord, site: str | None) -> bool:
    """Whether a version applies at ``site``; every version does where no site is asked for."""
    if site is None or version.site is None:
        return True
    return _plain(version.site) in ("", _plain(site))


def decide_in_force(
    versions: Sequence[ScopedRecord],
    readable: Sequence[ScopedRecord],
    site: str | None,
    as_of: date | None,
    today: date | None = None,
) -> tuple[set[int], set[int]]:
    """The versions of one document that are in force, and those that are in force as far as the reader can know.

    A newer version that this reader may not read still puts the older one out of force for them. But the older one is
    neither counted nor listed as out of force then: that would tell of the newer version.

    Args:
        versions: all versions of the document.
        readable: those of them that the reader may read.
        site: the site asked for; None for all.
        as_of: the day asked for; None for today.
        today: the day on which the question is asked; None for the clock's.

    Returns:
        Two sets of version keys; the first is part of the second.
    """
    today = today or date.today()
    in_force = _in_force_keys(versions, site, as_of, today)
    if len(readable) == len(versions):
        return in_force, in_force
    return in_force, in_force | _in_force_keys(readable, site, as_of, today)


def _granted_roles(user: User | None, access: AccessMode) -> frozenset[str]:
    granted = {PUBLIC_ROLE}
    if user is not None:
        granted |= {STAFF_ROLE, *(_plain(role) for role in user.roles)}
    if access == "open":
        granted.add(STAFF_ROLE)
    return frozenset(granted - {""})


def _remembering(reader: Scope) -> Callable[[ReaderRecord], bool]:
    """``reader.readable``, decided once for each set of roles: thousands of versions share a few."""
    decided: dict[tuple[str, ...], bool] = {}

    def may_read(version: ReaderRecord) -> bool:
        roles = tuple(version.roles)
        if roles not in decided:
            decided[roles] = reader.readable(version)
        return decided[roles]

    return may_read


def _in_force_keys(versions: Sequence[ScopedRecord], site: str | None, as_of: date | None, today: date) -> set[int]:
    """The keys of the versions in force, site by site: what one site does to its copy leaves the other sites alone."""
    if len(versions) == 1:
        [version] = versions
        return {version.version_key} if only_version_in_force(version, as_of, today=today) else set()
    if site is not None:
        applying = [version for version in versions if applies_at(version, site)]
        return set(versions_in_force(applying, as_of, today=today).version_keys)
    sites = {_plain(version.site or "") for version in versions}
    if len(sites) == 1:
        return set(versions_in_force(versions, as_of, today=today).version_keys)
    keys: set[int] = set()
    for name in sites:
        covering = [version for version in versions if _plain(version.site or "") in ("", name)]
        keys.update(versions_in_force(covering, as_of, today=today).version_keys)
    return keys


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """A role or site for comparison: case, width and white space do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
