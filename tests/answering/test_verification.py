from policies import PolicyWriter

from ragkit.answering.answer import Citation
from ragkit.answering.verification import DraftStatement, verify
from ragkit.documents.document import Document


def citation(document: Document, start: int, end: int, quote: str | None = None) -> Citation:
    return Citation(
        number=1,
        quote=document.text[start:end] if quote is None else quote,
        start=start,
        end=end,
        document_id=document.document_id,
        version=document.version,
        title=document.governance.title,
        source=document.source,
    )


def one_line(text: str) -> Document:
    writer = PolicyWriter()
    writer.line(text)
    return writer.document()


def test_a_verbatim_statement_is_kept_and_numbered_from_one() -> None:
    document = one_line("Give 4 mg. Keep warm.")
    verified = verify([DraftStatement("Give 4 mg.", (citation(document, 0, 10),))], document)
    assert [statement.citations for statement in verified.statements] == [(1,)]
    assert verified.citations[0].quote == "Give 4 mg."
    assert verified.dropped == ()


def test_a_statement_with_another_number_than_its_citation_is_dropped_and_noted() -> None:
    document = one_line("Give 4 mg.")
    verified = verify([DraftStatement("Give 40 mg.", (citation(document, 0, 10),))], document)
    assert verified.statements == ()
    assert "40 mg" in verified.dropped[0]


def test_a_quote_that_does_not_stand_at_its_offsets_is_never_shown() -> None:
    document = one_line("Give 4 mg.")
    verified = verify([DraftStatement("Give 9 mg.", (citation(document, 0, 10, "Give 9 mg."),))], document)
    assert verified.statements == ()
    assert verified.citations == ()
    assert len(verified.dropped) == 1


def test_two_statements_on_the_same_span_share_one_citation() -> None:
    document = one_line("Give 4 mg.")
    draft = DraftStatement("Give 4 mg.", (citation(document, 0, 10),))
    verified = verify([draft, draft], document)
    assert len(verified.citations) == 1
    assert [statement.citations for statement in verified.statements] == [(1,), (1,)]
