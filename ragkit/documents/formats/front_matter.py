"""The YAML front matter at the top of Markdown and text files."""

from __future__ import annotations

import re
from typing import Any

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.yaml_values import load_yaml

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


def split_front_matter(text: str, source: str = "") -> tuple[dict[str, Any], str]:
    """Takes YAML front matter off the top of a text.

    Returns:
        The front matter (empty if there is none), and the rest.

    Raises:
        UnreadableDocumentError: it is no valid YAML. It may say who may read the document, so the document is not
            read without it.
    """
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    import yaml

    try:
        loaded = load_yaml(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 2}" if mark is not None else ""
        what = getattr(error, "problem", None) or str(error)
        message = (
            f"The front matter at the top of {source or 'the file'}{place} is no valid YAML ({what}), so who may read"
            " the document and since when it is in force is not known. Correct it and ingest again."
        )
        raise UnreadableDocumentError(Problem(kind=ProblemKind.GOVERNANCE_CONFLICT, message=message)) from error
    if not isinstance(loaded, dict):
        return {}, text
    return {str(key): value for key, value in loaded.items()}, text[found.end() :]
