"""A match that stands only in another site's documents: said, not shown, since it does not apply here."""

from __future__ import annotations

from collections.abc import Callable

from ragkit.access.scope import Scope
from ragkit.answering.answer import SHOWN, Answer


def with_other_sites(
    answer: Answer, elsewhere: Answer, site_of: Callable[[str, str], str | None], scope: Scope
) -> Answer:
    """The abstention, with a caveat where documents of other sites, which this reader may read, would have answered.

    Args:
        answer: the answer for the scope's site, without lines.
        elsewhere: the answer for all sites.
        site_of: (document_id, version) -> site; None for every site.
        scope: the reader's scope at the site that was asked for.
    """
    if elsewhere.status not in SHOWN:
        return answer
    found = {site_of(citation.document_id, citation.version) for citation in elsewhere.citations}
    names = sorted(site for site in found if site and site.casefold() != (scope.site or "").casefold())
    if not names:
        return answer
    caveat = (
        f"Only documents of another site ({', '.join(names)}) speak of this; they do not apply at {scope.site} and "
        "are not shown."
    )
    return answer.model_copy(update={"caveats": (*answer.caveats, caveat)})
