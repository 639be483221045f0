"""Whatever stands in a document, reading its governance neither fails nor invents."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from .documents import PARAGRAPH, read

LABELS = ["Policy", "No.", "Title:", "Effective", "Date", "Revised:", "Review", "Approved", "by", "Supersedes:"]
VALUES = ["302", "IC-204", "11-02-24", "02/30/2024", "Dec", "2014", "Page 1 of 2", "DRAFT", "N/A", "Falls"]
SIGNS = ["(", ")", ":", "-", "\t", "____"]
words = st.sampled_from([*LABELS, *VALUES, *SIGNS])
lines = st.lists(words | st.text(max_size=8), max_size=8).map(" ".join)


@given(st.lists(lines, max_size=6), st.lists(lines, max_size=4), st.lists(lines, max_size=2), st.text(max_size=20))
def test_any_header_can_be_read_and_every_value_stands_in_it(header, body, running, name):
    source = f"{name.replace('/', '')}.pdf"
    found, _ = read(*header, body=tuple((PARAGRAPH, line) for line in body), running=tuple(running), source=source)
    everything = " ".join([*header, *body, *running, source])
    assert found.title.strip()
    assert found.roles == ()
    assert found.site is None
    if found.reference_number:
        assert set(re.findall(r"\d+", found.reference_number)) <= {
            part for run in re.findall(r"\d+", everything) for part in (run, run.lstrip("0"))
        }
    for field in ("original_date", "effective_date", "revised_date", "last_reviewed", "review_due"):
        assert getattr(found, field) is None or field in found.origins
