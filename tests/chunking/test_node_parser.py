"""Structure-aware chunking as a LlamaIndex node parser."""

from __future__ import annotations

import json

import pytest
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.schema import MetadataMode, TextNode

from ragkit.chunking.node_parser import WHOLE_DOCUMENT, StructureNodeParser, to_llama_document
from ragkit.chunking.plain_text import plain_blocks
from ragkit.chunking.structure import chunk_document
from ragkit.documents.document import BlockKind, Document

from .documents import document_of, heading, item, paragraph, words

LIMIT = 40


@pytest.fixture
def policy() -> Document:
    lines = [heading("B. Care"), paragraph("Replace the catheter when:", "B. Care")]
    lines += [item(f"{i}. the site shows sign number {i} of {{infection}}", "B. Care", context=(1,)) for i in range(12)]
    lines += [paragraph("Replace the catheter when:", "C. Removal"), paragraph("Call.", "C. Removal")]
    return document_of(lines)


@pytest.fixture
def parser() -> StructureNodeParser:
    return StructureNodeParser(chunk_tokens=LIMIT, count_tokens=words)


def nodes_of(parser: StructureNodeParser, *documents: LlamaDocument) -> list[TextNode]:
    return [node for node in parser.get_nodes_from_documents(documents) if isinstance(node, TextNode)]


def test_the_nodes_of_a_ragkit_document_are_its_chunks(parser: StructureNodeParser, policy: Document) -> None:
    chunks = chunk_document(policy, words, LIMIT)
    nodes = nodes_of(parser, to_llama_document(policy))
    assert len(chunks) > 2
    assert [node.text for node in nodes] == [chunk.text for chunk in chunks]
    assert [(node.start_char_idx, node.end_char_idx) for node in nodes] == [(c.start, c.end) for c in chunks]


def test_llama_index_embeds_our_embedding_text(parser: StructureNodeParser, policy: Document) -> None:
    chunks = chunk_document(policy, words, LIMIT)
    nodes = nodes_of(parser, to_llama_document(policy))
    assert [node.get_content(MetadataMode.EMBED) for node in nodes] == [chunk.embedding_text for chunk in chunks]


def test_offsets_are_right_where_the_words_also_stand_elsewhere(parser: StructureNodeParser) -> None:
    long = paragraph("First assess it. Call now. " + "Then wait. " * 15, "Adult")
    policy = document_of([long, paragraph("Call now.", "Pediatric")])
    last = nodes_of(parser, to_llama_document(policy))[-1]
    assert last.text == "Call now."
    assert last.start_char_idx == policy.blocks[1].start


def test_metadata_of_ones_own_is_kept(parser: StructureNodeParser) -> None:
    document = LlamaDocument(text="Assess the site.", metadata={"source": "intranet", "page": "7"})
    node = nodes_of(parser, document)[0]
    assert node.metadata["source"] == "intranet"
    assert node.metadata["page"] == "7"
    assert node.get_content(MetadataMode.EMBED) == "Assess the site."


def test_a_node_says_where_it_comes_from(parser: StructureNodeParser, policy: Document) -> None:
    node = nodes_of(parser, to_llama_document(policy))[-1]
    assert node.metadata["document_id"] == policy.document_id
    assert node.metadata["version"] == policy.version
    assert node.metadata["reference_number"] == "IC-204"
    assert node.metadata["section"] == "C. Removal"
    assert node.ref_doc_id == f"{policy.document_id}@{policy.version}"


def test_a_node_does_not_carry_the_whole_document(parser: StructureNodeParser, policy: Document) -> None:
    for node in nodes_of(parser, to_llama_document(policy)):
        assert WHOLE_DOCUMENT not in node.metadata
        assert WHOLE_DOCUMENT not in node.to_json()


def test_neighbouring_nodes_know_each_other(parser: StructureNodeParser, policy: Document) -> None:
    first, second, *_ = nodes_of(parser, to_llama_document(policy))
    assert first.next_node is not None
    assert second.prev_node is not None
    assert first.next_node.node_id == second.node_id
    assert second.prev_node.node_id == first.node_id


def test_any_llama_index_document_is_read_as_plain_text(parser: StructureNodeParser) -> None:
    text = "# Care\n\nReplace the catheter when:\n" + "".join(f"- sign number {i} is seen there\n" for i in range(20))
    nodes = nodes_of(parser, LlamaDocument(text=text, metadata={"file_name": "care.txt", "title": "IV Care"}))
    assert len(nodes) > 2
    assert nodes[0].text.startswith("# Care\n\nReplace the catheter when:\n- sign")
    for node in nodes[1:]:
        assert node.text.startswith("Replace the catheter when:\n- sign")
        assert node.get_content(MetadataMode.EMBED).startswith("IV Care > Care\nReplace")
        assert text[node.start_char_idx : node.end_char_idx] in node.text
        assert node.metadata["file_name"] == "care.txt"


def test_without_a_tokenizer_of_ones_own_llama_index_counts() -> None:
    nodes = nodes_of(StructureNodeParser(chunk_tokens=16), LlamaDocument(text="Assess the site every day. " * 10))
    assert len(nodes) > 2
    assert "".join(node.text for node in nodes).count("Assess") == 10


def test_a_document_without_words_gives_no_nodes(parser: StructureNodeParser) -> None:
    assert nodes_of(parser, LlamaDocument(text="  \n ")) == []


def test_the_parser_s_settings_can_be_written_down(parser: StructureNodeParser) -> None:
    assert json.loads(parser.to_json())["chunk_tokens"] == LIMIT


def test_plain_text_becomes_headings_paragraphs_and_nested_items() -> None:
    text = "# A\n\nOne line\nand its second.\n\nDo this:\n1. first\n   a) inner\n   goes on\n2. second\n\nAfter."
    blocks = plain_blocks(text)
    assert [(block.kind.value, text[block.start : block.end]) for block in blocks] == [
        ("heading", "# A"),
        ("paragraph", "One line\nand its second."),
        ("paragraph", "Do this:"),
        ("list_item", "1. first"),
        ("list_item", "a) inner\n   goes on"),
        ("list_item", "2. second"),
        ("paragraph", "After."),
    ]
    assert [block.context for block in blocks if block.kind is BlockKind.LIST_ITEM] == [(2,), (2, 3), (2,)]
    assert [block.section for block in blocks] == [(), *[("A",)] * 6]
