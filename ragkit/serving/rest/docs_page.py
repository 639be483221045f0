"""The page at /docs: what the server offers, made from its OpenAPI document, with nothing fetched from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { background: #f4f4f4; padding: 0.8rem; overflow: auto; max-height: 24rem; }
h2 code { background: #e8eef7; padding: 0.1rem 0.4rem; }
section { border-top: 1px solid #ccc; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"


def docs_page(openapi: dict[str, Any]) -> str:
    """The page.

    Args:
        openapi: the OpenAPI document.

    Returns:
        HTML without scripts, pictures or anything else to fetch.
    """
    info = openapi["info"]
    operations = "".join(_operations(openapi["paths"]))
    schemas = "".join(_schemas(openapi.get("components", {}).get("schemas", {})))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f"<style>{_STYLE}</style><h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f'<p>{escape(info.get("description", ""))}</p><p>For programs: <a href="openapi.json">openapi.json</a></p>'
        f"{operations}<h1>Bodies and replies</h1>{schemas}</html>"
    )


def _operations(paths: dict[str, dict[str, Any]]) -> Iterator[str]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            yield (
                f"<section><h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
                f"<p>{escape(operation.get('description', ''))}</p><ul>{''.join(_parts(operation))}</ul></section>"
            )


def _parts(operation: dict[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        yield f"<li>{escape(parameter['in'])}: <code>{escape(parameter['name'])}</code></li>"
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<li>body ({escape(media_type)}): {_named(content)}</li>"
    for status, response in operation["responses"].items():
        bodies = ", ".join(f"{escape(kind)} {_named(each)}" for kind, each in response.get("content", {}).items())
        yield f"<li>{escape(status)}: {escape(response['description'])} {bodies}</li>"


def _named(content: dict[str, Any]) -> str:
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return f'<a href="#{escape(name)}">{escape(name)}</a>' if name else ""


def _schemas(schemas: dict[str, Any]) -> Iterator[str]:
    for name, schema in sorted(schemas.items()):
        shown = escape(json.dumps(schema, indent=2, ensure_ascii=False))
        yield f'<h2 id="{escape(name)}"><code>{escape(name)}</code></h2><pre>{shown}</pre>'
