"""The HTML report is looked at in a real browser: what it shows, how wide it is, what it asks the network for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from ragkit.evaluation.report import write_reports

from . import browser, runs

WIDTHS = ("phone", "desktop")


@dataclass(frozen=True)
class Seen:
    """What the browser saw, and what it asked the server for."""

    light: dict[str, Any]
    dark: dict[str, Any]
    asked: tuple[str, ...]
    plain: str
    printed: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("browser")
    results = runs.run()
    paths = write_reports(results, runs.FAILED, runs.baseline(results), folder / "report", catalogue=runs.CATALOGUE)
    with browser.served() as served:
        page = paths.html.read_text(encoding="utf-8").replace(runs.LEAK, f"{served.address}/leak")
        served.pages["/report.html"] = page.encode()
        light = browser.look(served.address, folder / "profile")
        dark = browser.look(served.address, folder / "profile", browser.DARK)
        plain = browser.dump(f"{served.address}/report.html", folder / "profile")
        browser.print_page(f"{served.address}/report.html", folder / "profile", folder / "report.pdf")
        yield Seen(light, dark, tuple(served.asked), plain, printed_words(folder / "report.pdf"))


def printed_words(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("width", WIDTHS)
def test_the_verdict_is_the_first_thing_a_person_sees(seen: Seen, width: str) -> None:
    assert "Must not ship: 2 of 4 checks failed" in seen.light[width]["verdict"]
    assert 0 <= seen.light[width]["verdictTop"] < 200


def test_no_sideways_scrolling_on_a_phone_or_a_desktop(seen: Seen) -> None:
    assert (seen.light["phone"]["width"], seen.light["desktop"]["width"]) == (390, 1280)
    assert seen.light["phone"]["overflow"] <= 0
    assert seen.light["desktop"]["overflow"] <= 0


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_quotes_stand_out_in_their_section(seen: Seen, width: str, mode: str) -> None:
    found = getattr(seen, mode)[width]
    marks = found["marks"]
    assert any(mark["text"] == runs.QUOTE for mark in marks)
    assert all(mark["visible"] and mark["background"] != mark["around"] for mark in marks)
    assert all(mark["right"] <= found["width"] for mark in marks)


def test_nothing_but_the_page_itself_is_asked_of_the_network(seen: Seen) -> None:
    assert set(seen.asked) <= {"/looking.html", "/report.html", "/favicon.ico"}
    assert seen.light["desktop"]["requests"] == []


def test_words_of_a_policy_that_are_html_stay_words(seen: Seen) -> None:
    assert "owned" not in seen.light["desktop"]["title"]
    assert seen.light["desktop"]["scripts"] == 0
    assert seen.light["desktop"]["images"] == 0
    assert "&lt;script&gt;document.title='owned'&lt;/script&gt;" in seen.plain


def test_dark_mode_is_dark(seen: Seen) -> None:
    assert seen.light["phone"]["paper"] == "rgb(255, 255, 255)"
    assert sum(map(int, seen.dark["phone"]["paper"][4:-1].split(","))) < 120


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_word_has_enough_contrast(seen: Seen, width: str, mode: str) -> None:
    """WCAG 2.2, success criterion 1.4.3 (AA): 4.5 to 1."""
    lowest, where = getattr(seen, mode)[width]["contrasts"][0]
    assert lowest >= 4.5, where


def test_a_screen_reader_finds_its_way(seen: Seen) -> None:
    page = seen.light["desktop"]
    assert page["language"] == "en"
    assert page["headings"][0] == 1
    assert page["headings"].count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(page["headings"])), page["headings"]
    assert page["headersWithoutScope"] == 0
    assert page["pictures"] > 10
    assert page["picturesWithoutTitle"] == 0


def test_every_link_leads_to_a_place_on_the_page(seen: Seen) -> None:
    assert seen.light["desktop"]["danglingLinks"] == []
    assert seen.light["desktop"]["duplicateIds"] == []


def test_paper_holds_the_verdict_and_every_failed_question(seen: Seen) -> None:
    assert "Must not ship: 2 of 4 checks failed" in seen.printed
    for record in runs.records():
        if record.key in {"q-20", "q-21", "q-22"}:
            assert record.asked in seen.printed
    assert "What this run depends on" in seen.printed
    assert "kb1" in seen.printed, "folded parts are printed too"
