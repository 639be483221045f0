"""The small model that judges lines and claims: its file has the right hash, and it judges."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from ragkit.cross_encoder.loading import OFF, build_cross_encoder
from ragkit.doctor.area import Area
from ragkit.doctor.finding import Finding
from ragkit.settings import Settings

_AREA = Area("installation")
_CHECK = "small model"
_QUESTION = "How often is the site of a cannula assessed?"
_LINE = "Assess the site of each cannula every 8 hours."


def examine_cross_encoder(settings: Settings) -> Iterator[Finding]:
    """Looks at the model that the settings name, and lets it judge one line."""
    yield from _AREA.run(_CHECK, lambda: _judging(settings))


def _judging(settings: Settings) -> Iterator[Finding]:
    if settings.cross_encoder == OFF:
        yield _AREA.ok(_CHECK, "switched off in the knowledge base's settings")
        return
    cross_encoder = build_cross_encoder(settings)
    if cross_encoder is None:
        yield _AREA.ok(_CHECK, "this installation has none; it answers without")
        return
    cross_encoder.relevance(_QUESTION, [_LINE])  # reads the files and checks their hashes
    started = perf_counter()
    [probability] = cross_encoder.relevance(_QUESTION, [_LINE]).probabilities
    milliseconds = (perf_counter() - started) * 1000
    if probability is not None and 0 <= probability <= 1:
        yield _AREA.ok(_CHECK, f"{cross_encoder.fingerprint}, as described; it judges", milliseconds=milliseconds)
    else:
        advice = 'Install ragkit again, or set cross_encoder to "off".'
        yield _AREA.failed(_CHECK, f"{cross_encoder.fingerprint} judges a line with {probability}", advice)
