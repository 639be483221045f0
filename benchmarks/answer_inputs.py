"""What the answerer gets for each question of a set, for fitting its models: passages, documents, term frequencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from answer_quality import prepare_folder
from question_sets import Item

from ragkit import KnowledgeBase
from ragkit.access.scope import resolve_scope
from ragkit.answering.candidates import gather_candidates, gather_evidence
from ragkit.answering.judging import Judge
from ragkit.answering.matching import Question, prepare_question
from ragkit.answering.scoring import Candidate
from ragkit.embedding.factory import build_embedder
from ragkit.evaluation.matching import grams, names_document
from ragkit.retrieval.passage import Passage
from ragkit.retrieval.retriever import Retriever
from ragkit.settings import Settings
from ragkit.store.store import Store

PASSAGES = 20


@dataclass(frozen=True)
class Inputs:
    """One question with what the answerer chooses from."""

    item: Item
    question: Question
    passages: Sequence[Passage]
    candidates: Sequence[Candidate]


def ingest(documents: Sequence[Path], items: Sequence[Item], cache: Path) -> Path:
    """Ingests the sites that the items name into one knowledge base in the cache.

    Args:
        documents: folders of sites; a site is taken from the first one that has it.
        items: the questions.
        cache: where the knowledge base is kept.

    Returns:
        Where the knowledge base is.
    """
    path = cache / "fitting.kb"
    with KnowledgeBase.open(path, access="open") as kb:
        for site in sorted({item.site for item in items}):
            folder = next((parent / site for parent in documents if (parent / site).is_dir()), None)
            if folder is not None:
                report = kb.ingest(prepare_folder(folder, cache), site=site)
                print(f"{site}: {len(report.ingested)} read, {len(report.unchanged)} unchanged", flush=True)
    return path


def judge_for(folder: Path | None, item_set: str) -> Judge | None:
    """The judge for one set of items: a model that has not seen them.

    Args:
        folder: holds a model in a subfolder for each group of sets that were left out of its training, named by
            their names with plus signs between ("a+b"); None for no judge.
        item_set: the name of the set.
    """
    if folder is None:
        return None
    held_out = [each for each in sorted(folder.iterdir()) if each.is_dir() and item_set in each.name.split("+")]
    if len(held_out) != 1:
        raise SystemExit(f"{folder} holds {len(held_out)} models that were trained without {item_set}; one is needed.")
    from ragkit.cross_encoder.onnx_cross_encoder import OnnxCrossEncoder

    return Judge(OnnxCrossEncoder(held_out[0]))


def inputs_for(
    path: Path, items: Sequence[Item], judge: Judge | None = None, weights: Mapping[str, float] | None = None
) -> Iterator[Inputs]:
    """The inputs of every item whose site has documents.

    Args:
        path: the knowledge base.
        items: the questions.
        judge: judges the lines; None for nobody.
        weights: weights of the line ranking with its judgements; the published ones by default.
    """
    settings = Settings()
    store = Store.open(path, read_only=True)
    retriever = Retriever(store, build_embedder(settings), settings)
    for item in items:
        scope = resolve_scope(store.versions(), site=item.site, user=None, as_of=None, access="open")
        if not scope.version_keys:
            continue
        keys = {
            (row.document_id, row.version): row.version_key
            for row in store.versions()
            if row.version_key in scope.version_keys
        }
        retrieval = retriever.retrieve(item.question, scope, PASSAGES)
        question = prepare_question(retrieval.query, retrieval.statistics)
        evidence = gather_evidence(
            question, retrieval.passages, lambda name, version, keys=keys: store.load_document(keys[name, version])
        )
        candidates = gather_candidates(question, evidence)
        if judge is not None:
            candidates, _ = judge.lines(retrieval.query.text, candidates, weights)
        yield Inputs(item, question, retrieval.passages, candidates)


def usefulness(item: Item, candidate: Candidate) -> float:
    """Share of the gold words of the candidate's file that it shows; 0 for a file without gold."""
    document = candidate.evidence.document
    gold = [span for span in item.gold if names_document(span.document, document.source)]
    wanted = {gram for span in gold for gram in grams(span.quote)}
    if not wanted:
        return 0.0
    texts = [document.text[start:end] for start, end in candidate.unit.all_spans]
    shown = {gram for text in [*texts, "\n".join(texts)] for gram in grams(text)}
    return len(wanted & shown) / len(wanted)
