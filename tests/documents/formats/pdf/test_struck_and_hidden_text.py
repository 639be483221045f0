import pytest
from reportlab.lib.colors import Color, black, white

from ragkit.documents.document import ExclusionReason, ProblemKind

from .drawn_pages import PROSE, DrawnPdf

NEW = "The dose is 10 mg."
OLD = "The dose is 25 mg."


def base() -> DrawnPdf:
    return DrawnPdf().lines(72, 100, *PROSE).text(72, 160, NEW)


def assert_left_out(drawn: DrawnPdf, reason: ExclusionReason, kind: ProblemKind) -> None:
    parsed = drawn.read()
    assert OLD not in parsed.text
    assert NEW in parsed.text
    assert " ".join(PROSE) in parsed.text
    assert [(e.reason, e.text, e.page) for e in parsed.excluded] == [(reason, OLD, 1)]
    assert [(p.kind, p.pages) for p in parsed.problems] == [(kind, (1,))]


def test_text_with_a_line_through_it_is_left_out_and_reported():
    drawn = base().text(72, 190, OLD).strike(72, 190, OLD)
    assert_left_out(drawn, ExclusionReason.STRUCK, ProblemKind.STRUCK_TEXT)


def test_a_line_drawn_as_a_thin_box_strikes_too():
    drawn = base().text(72, 190, OLD).box(72, 186.4, 167, 187.2, black)
    assert_left_out(drawn, ExclusionReason.STRUCK, ProblemKind.STRUCK_TEXT)


def test_a_strike_out_annotation_strikes():
    drawn = base().text(72, 190, OLD)
    drawn.canvas.textAnnotation("", [0, 0, 1, 1])
    drawn.canvas._annotationrefs.clear()
    data = with_strikeout(drawn, (70, 600, 170, 612))
    from ragkit.documents.formats.pdf import read_pdf

    parsed = read_pdf(data)
    assert OLD not in parsed.text
    assert NEW in parsed.text
    assert [e.detail for e in parsed.excluded] == ["strike-out annotation"]


def with_strikeout(drawn: DrawnPdf, box: tuple[float, float, float, float]) -> bytes:
    import io

    import pypdfium2
    import pypdfium2.raw as pdfium

    document = pypdfium2.PdfDocument(drawn.bytes())
    page = document[0]
    annotation = pdfium.FPDFPage_CreateAnnot(page, pdfium.FPDF_ANNOT_STRIKEOUT)
    left, bottom, right, top = box
    pdfium.FPDFAnnot_SetRect(annotation, pdfium.FS_RECTF(left, top, right, bottom))
    pdfium.FPDFAnnot_AppendAttachmentPoints(
        annotation, pdfium.FS_QUADPOINTSF(left, top, right, top, left, bottom, right, bottom)
    )
    pdfium.FPDFPage_CloseAnnot(annotation)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def test_part_of_a_line_can_be_struck():
    drawn = base().text(72, 190, "The limit is 25 mg 10 mg a day.").strike(131.3, 190, "25 mg")
    parsed = drawn.read()
    assert "The limit is 10 mg a day." in parsed.text
    assert [e.text for e in parsed.excluded] == ["25 mg"]


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda d: d.rule(72, 192, 166, 192), id="an underline"),
        pytest.param(lambda d: d.rule(60, 186.9, 540, 186.9), id="a rule across the page"),
        pytest.param(lambda d: d.grid([72, 200, 400], [176, 196]), id="the rules of a table"),
        pytest.param(lambda d: d.rule(72, 178, 166, 178), id="an overline"),
        pytest.param(lambda d: d.box(70, 178, 170, 194, Color(1, 1, 0, alpha=0.3)), id="a marker's stroke"),
    ],
)
def test_text_stays_under(draw):
    parsed = draw(base().text(72, 190, OLD)).read()
    assert OLD in parsed.text
    assert parsed.excluded == ()


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda d: d.text(72, 190, OLD, colour=white), id="white on white"),
        pytest.param(lambda d: d.text(72, 190, OLD, colour=Color(0.99, 0.99, 0.99)), id="nearly white"),
        pytest.param(lambda d: d.text(72, 190, OLD).box(60, 170, 300, 200), id="under a white box"),
        pytest.param(lambda d: d.text(72, 190, OLD, mode=3), id="rendered invisibly"),
        pytest.param(lambda d: d.text(72, 190, OLD, size=0.7), id="too small"),
        pytest.param(lambda d: d.text(700, 190, OLD), id="off the page"),
    ],
)
def test_text_that_nobody_sees_is_left_out_and_reported(draw):
    assert_left_out(draw(base()), ExclusionReason.HIDDEN, ProblemKind.HIDDEN_TEXT)


def test_white_text_on_a_dark_box_is_read():
    parsed = base().box(60, 175, 300, 200, black).text(72, 190, OLD, colour=white).read()
    assert OLD in parsed.text
    assert parsed.excluded == ()


def test_text_on_a_box_that_was_painted_before_is_read():
    parsed = base().box(60, 170, 300, 200).text(72, 190, OLD).read()
    assert OLD in parsed.text


def test_the_text_layer_of_a_scan_is_read(tmp_path):
    from PIL import Image

    picture = tmp_path / "scan.png"
    Image.new("RGB", (600, 780), "white").save(picture)
    drawn = DrawnPdf()
    drawn.canvas.drawImage(str(picture), 0, 0, 612, 792)
    for index, line in enumerate(PROSE):
        drawn.text(72, 100 + 13.5 * index, line, mode=3)
    assert drawn.read().text == " ".join(PROSE)


def test_text_under_a_signature_with_clear_ground_is_read(tmp_path):
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (400, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line((10, 110, 390, 10), fill=(0, 0, 160, 255), width=3)
    picture.save(tmp_path / "signature.png")
    drawn = base().text(72, 190, OLD)
    drawn.canvas.drawImage(str(tmp_path / "signature.png"), 60, 590, 200, 40, mask="auto")
    parsed = drawn.read()
    assert OLD in parsed.text
    assert parsed.excluded == ()
