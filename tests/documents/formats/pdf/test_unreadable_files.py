import pytest

from ragkit.documents.document import ProblemKind
from ragkit.documents.formats.pdf import read_pdf
from ragkit.documents.parsed import UnreadableDocumentError

from .drawn_pages import PROSE, DrawnPdf


def problem_of(data: bytes) -> ProblemKind:
    with pytest.raises(UnreadableDocumentError) as raised:
        read_pdf(data, source="plan.pdf")
    assert "plan.pdf" in str(raised.value)
    return raised.value.problem.kind


def picture_page(drawn: DrawnPdf, tmp_path) -> DrawnPdf:
    from PIL import Image

    picture = tmp_path / "scan.png"
    Image.new("RGB", (60, 78), "grey").save(picture)
    drawn.canvas.drawImage(str(picture), 0, 0, 612, 792)
    return drawn


def test_an_empty_file_is_refused():
    assert problem_of(b"") is ProblemKind.EMPTY


def test_a_file_that_was_cut_off_is_refused():
    data = DrawnPdf().lines(72, 100, *PROSE).bytes()
    assert problem_of(data[: len(data) // 3]) is ProblemKind.BROKEN


def test_something_else_under_the_name_of_a_pdf_is_refused():
    assert problem_of(b"<html><body>Not found</body></html>") is ProblemKind.BROKEN


def test_an_encrypted_file_is_refused():
    assert problem_of(DrawnPdf(password="secret").lines(72, 100, *PROSE).bytes()) is ProblemKind.ENCRYPTED


def test_a_scan_without_text_layer_is_refused_and_its_pages_named(tmp_path):
    data = picture_page(DrawnPdf(), tmp_path).bytes()
    with pytest.raises(UnreadableDocumentError) as raised:
        read_pdf(data)
    assert raised.value.problem.kind is ProblemKind.NO_TEXT_LAYER
    assert raised.value.problem.pages == (1,)


def test_a_scanned_page_among_others_is_reported_and_the_others_read(tmp_path):
    drawn = DrawnPdf().lines(72, 100, *PROSE).page()
    picture_page(drawn, tmp_path).page()
    parsed = drawn.lines(72, 100, "The last page.").read()
    assert [(p.kind, p.pages) for p in parsed.problems] == [(ProblemKind.NO_TEXT_LAYER, (2,))]
    assert "The last page." in parsed.text
    assert len(parsed.page_starts) == 3


def test_properties_and_media_type_are_passed_on():
    drawn = DrawnPdf().lines(72, 100, *PROSE)
    drawn.canvas.setTitle("Transfer of Patients")
    parsed = drawn.read()
    assert parsed.properties["title"] == "Transfer of Patients"
    assert parsed.media_type == "application/pdf"
