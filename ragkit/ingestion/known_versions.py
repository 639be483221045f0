"""The versions that the knowledge base holds already, found by what a new file may have in common with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ragkit.documents.document import Document
from ragkit.documents.governance import FieldOrigin, Governance
from ragkit.documents.identity import KnownVersion, document_id, slug
from ragkit.store.rows import VersionRow


class KnownVersions:
    """An index over the stored versions, so that identifying a file does not compare it with all of them."""

    def __init__(self, rows: Iterable[VersionRow]) -> None:
        self._by_key: dict[int, KnownVersion] = {}
        self._by_trait: dict[str, list[KnownVersion]] = defaultdict(list)
        for row in rows:
            searched = row.removed_at is None
            known = KnownVersion(row.document_id, row.version, row.content_hash, _governance(row), row.source, searched)
            if searched:
                self._by_key[row.version_key] = known
            self._index(known)

    def add(self, document: Document) -> None:
        """Makes a document known that was read in this run."""
        self._index(
            KnownVersion(
                document.document_id, document.version, document.content_hash, document.governance, document.source
            )
        )

    def by_key(self, version_key: int) -> KnownVersion | None:
        """The stored version of that key; None if it is not searched any more."""
        return self._by_key.get(version_key)

    def related_to(self, governance: Governance, source: str) -> list[KnownVersion]:
        """The versions that share a file, an id, a number or a ``supersedes`` with a new file; no version twice."""
        number = slug(governance.reference_number or "")
        base = document_id(governance, source)
        wanted = [f"source:{source}", f"id:{base}", f"number:{number}", f"supersedes:{number}"]
        wanted += [f"number:{name}" for name in _numbers_in(governance.supersedes)]
        found = {id(known): known for trait in wanted for known in self._by_trait.get(trait, ())}
        return list(found.values())

    def _index(self, known: KnownVersion) -> None:
        self._by_trait[f"source:{known.source}"].append(known)
        self._by_trait[f"id:{known.document_id.split('--')[0]}"].append(known)
        if number := slug(known.governance.reference_number or ""):
            self._by_trait[f"number:{number}"].append(known)
        for name in _numbers_in(known.governance.supersedes):
            self._by_trait[f"supersedes:{name}"].append(known)


def _numbers_in(supersedes: str | None) -> Iterator[str]:
    return (name for word in re.findall(r"[\w./-]+", supersedes or "") if (name := slug(word)))


def _governance(row: VersionRow) -> Governance:
    """As much of the governance as the catalogue keeps."""
    origins = {"title": FieldOrigin.DEFAULT} if not row.title.strip() else {}
    names = set(Governance.model_fields) & set(VersionRow.__slots__)
    return Governance(**{name: getattr(row, name) for name in names}, origins=origins)
