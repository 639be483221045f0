"""YAML as people write it in sidecars and front matter: values stay what was written, where YAML would change them.

YAML reads ``version: 3.10`` as 3.1, ``number: 0302`` as an octal number, and stops at ``2024-02-30``. Here such values
stay text, so that a version keeps its label and an impossible date is reported like any other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def load_yaml(text: str) -> Any:
    """Reads YAML, numbers and dates as their own text where reading them would change or break them.

    Raises:
        yaml.YAMLError: it is no valid YAML.
        ValueError: it uses aliases, which can blow up a small file.
    """
    import yaml

    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
        raise ValueError("it uses aliases (*name); write the values out")
    return yaml.load(text, Loader=_loader())


@lru_cache(maxsize=1)
def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """Keeps the text of numbers and dates that would change."""

    def faithful(loader: Any, node: Any) -> Any:
        written = loader.construct_scalar(node)
        try:
            value = original[node.tag](loader, node)
        except ValueError:
            return written
        return value if node.tag.endswith("timestamp") or str(value) == written else written

    original: dict[str, Any] = {}
    for kind in ("int", "float", "timestamp"):
        tag = f"tag:yaml.org,2002:{kind}"
        original[tag] = yaml.SafeLoader.yaml_constructors[tag]
        Loader.add_constructor(tag, faithful)
    return Loader
