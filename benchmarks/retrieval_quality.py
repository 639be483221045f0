"""How well passages are found: hit@k and MRR against gold quotes, beside three baselines and four ablations.

    python benchmarks/retrieval_quality.py POLICIES_DIR QUESTIONS.jsonl... [--cache DIR] [--failures]

``POLICIES_DIR`` has one folder a site. A line of a questions file is a JSON object with ``question``, ``answerable``
and ``gold``, a list of ``{"file": "SITE/NAME", "quote": ...}``. Every question is searched for with its site's filter.

A hit is a passage of the right file that holds at least 80 % of the word 4-grams of a gold quote; any gold entry
counts. hit@k is the share of questions with a hit among the first k passages, MRR the mean of 1 / rank of the first
hit (0 where there is none among the first 20). All methods read the same text: ragkit's.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ragkit.access.scope import Scope, resolve_scope
from ragkit.chunking.structure import chunk_document
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.reader import read_document
from ragkit.documents.sources import iter_sources
from ragkit.embedding.base import Embedder
from ragkit.embedding.factory import build_embedder
from ragkit.retrieval.ranking import DEFAULT_WEIGHTS, FEATURE_NAMES, RankingWeights
from ragkit.retrieval.retriever import RetrievalOptions, Retriever
from ragkit.settings import Settings
from ragkit.store.lexical import match_any
from ragkit.store.store import Store

DEPTH = 20
SHARE = 0.8
CUTS = (1, 5, 10, 20)
_WORD = re.compile(r"\w+")

Found = Sequence[tuple[str, str]]
"""(source, text) of the passages of one search, best first."""
Search = Callable[["Question"], Found]


@dataclass(frozen=True)
class Question:
    """An answerable question: ``gold`` holds (source, 4-grams of the quote)."""

    identifier: str
    site: str
    category: str
    text: str
    gold: tuple[tuple[str, frozenset[tuple[str, ...]]], ...]


def read_questions(paths: Iterable[Path]) -> list[Question]:
    questions = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            if not item["answerable"]:
                continue
            site = item.get("site") or item["gold"][0]["file"].split("/", 1)[0]
            gold = tuple((each["file"].split("/", 1)[1], grams(each["quote"])) for each in item["gold"])
            questions.append(Question(item["id"], site, item["category"], item["question"], gold))
    return questions


def grams(text: str, size: int = 4) -> frozenset[tuple[str, ...]]:
    """The word 4-grams of a text; of a shorter text, itself."""
    words = _WORD.findall(text.lower())
    size = min(size, len(words))
    return frozenset(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def is_hit(question: Question, source: str, text: str) -> bool:
    """Whether a passage holds enough of one of the question's gold quotes."""
    for gold_source, wanted in question.gold:
        if source != gold_source:
            continue
        held = grams(text, len(next(iter(wanted))))
        if len(wanted & held) >= SHARE * len(wanted):
            return True
    return False


def first_hit(question: Question, found: Found) -> int | None:
    """1-based rank of the first hit."""
    for rank, (source, text) in enumerate(found[:DEPTH], start=1):
        if is_hit(question, source, text):
            return rank
    return None


def build(store_path: Path, policies: Path, sites: Iterable[str], embedder: Embedder, settings: Settings) -> Store:
    """The knowledge base of these sites; read again only if it is missing."""
    fresh = not store_path.exists()
    store = Store.open(store_path)
    if not fresh:
        return store
    for site in sorted(sites):
        for source in iter_sources([policies / site]):
            try:
                document = read_document(source, site=site)
            except UnreadableDocumentError as error:
                print(f"not read: {site}/{source.source}: {error.problem.kind}")
                continue
            chunks = chunk_document(document, embedder.count_tokens, settings.chunk_tokens)
            vectors = embedder.embed_passages([chunk.embedding_text for chunk in chunks])
            store.put(document, chunks, vectors, fingerprint=embedder.fingerprint)
    return store


class Methods:
    """The searches that are compared."""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        self._store = store
        self._embedder = embedder
        self._settings = settings
        self._scopes: dict[str, Scope] = {}
        self._rows = {row.version_key: row for row in store.versions()}
        self._indexes: dict[str, Any] = {}

    def scope(self, site: str) -> Scope:
        """Everything of one site."""
        if site not in self._scopes:
            self._scopes[site] = resolve_scope(self._store.versions(), site=site, user=None, as_of=None, access="open")
        return self._scopes[site]

    def lexical(self, question: Question) -> Found:
        """BM25 alone: any word of the question."""
        expression = match_any(_WORD.findall(question.text.lower()))
        return self._passages(self._store.lexical_search(expression, self.scope(question.site).version_keys, DEPTH))

    def dense(self, question: Question) -> Found:
        """Vectors alone."""
        vector = self._embedder.embed_query(question.text)
        return self._passages(self._store.dense_search(vector, self.scope(question.site).version_keys, DEPTH))

    def _passages(self, hits: Iterable[Any]) -> Found:
        return [
            (self._rows[hit.version_key].source, self._store.chunks(hit.version_key, [hit.chunk_index])[0].text)
            for hit in hits
        ]

    def ragkit(self, options: RetrievalOptions | None = None) -> Search:
        """The retriever, with something switched off where ``options`` say so."""
        retriever = Retriever(self._store, self._embedder, self._settings, options=options)

        def search(question: Question) -> Found:
            passages = retriever.retrieve(question.text, self.scope(question.site), DEPTH).passages
            return [(passage.source, passage.text) for passage in passages]

        return search

    def llama_index(self, question: Question) -> Found:
        """LlamaIndex as it comes: SentenceSplitter 1024/200, one vector index a site, the same model."""
        if question.site not in self._indexes:
            self._indexes[question.site] = self._llama_index_of(question.site)
        nodes = self._indexes[question.site].retrieve(question.text)
        return [(node.metadata["source"], node.get_content()) for node in nodes]

    def _llama_index_of(self, site: str) -> Any:
        from llama_index.core import Document as LlamaDocument
        from llama_index.core import VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter

        documents = []
        for key in sorted(self.scope(site).version_keys):
            document = self._store.load_document(key)
            documents.append(
                LlamaDocument(
                    text=document.text,
                    metadata={"source": document.source},
                    excluded_embed_metadata_keys=["source"],
                    excluded_llm_metadata_keys=["source"],
                )
            )
        index = VectorStoreIndex.from_documents(
            documents,
            transformations=[SentenceSplitter(chunk_size=1024, chunk_overlap=200)],
            embed_model=llama_index_embedding(self._embedder),
        )
        return index.as_retriever(similarity_top_k=DEPTH)


def llama_index_embedding(embedder: Embedder) -> Any:
    """The same model behind LlamaIndex's interface."""
    from llama_index.core.embeddings import BaseEmbedding

    class SameModel(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(value) for value in embedder.embed_query(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(value) for value in vector] for vector in embedder.embed_passages(texts)]

    return SameModel(model_name=embedder.fingerprint, embed_batch_size=32)


def run(questions: Sequence[Question], search: Search) -> dict[str, tuple[int | None, Found]]:
    """Rank of the first hit and what was found, by question."""
    results = {}
    for question in questions:
        found = search(question)
        results[question.identifier] = (first_hit(question, found), found)
    return results


def figures(ranks: Sequence[int | None]) -> str:
    """hit@1/5/10/20 and MRR in one line."""
    hits = [sum(rank is not None and rank <= cut for rank in ranks) / len(ranks) for cut in CUTS]
    mrr = sum(1 / rank for rank in ranks if rank is not None) / len(ranks)
    return "  ".join([*(f"{hit:.2f}" for hit in hits), f"{mrr:.3f}"])


def compared(methods: Methods) -> dict[str, Search]:
    """All methods by name."""
    boosts = ("coverage", "heading", "document", "named", "population", "form")
    without_boosts = replace(DEFAULT_WEIGHTS, **dict.fromkeys(boosts, 0.0))
    return {
        "BM25 alone": methods.lexical,
        "dense alone": methods.dense,
        "LlamaIndex default": methods.llama_index,
        "ragkit": methods.ragkit(),
        "  without variants": methods.ragkit(RetrievalOptions(variants=False)),
        "  without boosts": methods.ragkit(RetrievalOptions(weights=without_boosts)),
        "  without section trail": methods.ragkit(RetrievalOptions(section=False)),
        "  plain RRF of both": methods.ragkit(RetrievalOptions(weights=PLAIN_FUSION)),
    }


PLAIN_FUSION = RankingWeights(**(dict.fromkeys(FEATURE_NAMES, 0.0) | {"lexical": 1.0, "dense": 1.0}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policies", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "retrieval_quality.kb"))
    parser.add_argument(
        "--failures", action="store_true", help="print the questions without a hit among the first five"
    )
    parser.add_argument("--only", default="", help="only methods whose name holds this")
    arguments = parser.parse_args()
    settings = Settings()
    embedder = build_embedder(settings)
    questions = read_questions(arguments.questions)
    sites: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        sites[question.site].append(question)
    store = build(arguments.cache, arguments.policies, sites, embedder, settings)
    methods = Methods(store, embedder, settings)
    print(f"{'':28}{'':22}hit@1 hit@5 @10   @20   MRR")
    for name, search in compared(methods).items():
        if arguments.only not in name:
            continue
        results = run(questions, search)
        for site, group in [*sites.items(), ("together", questions)]:
            ranks = [results[question.identifier][0] for question in group]
            print(f"{name:28}{site:16}{len(group):4}  {figures(ranks)}")
        lengths = [embedder.count_tokens(text) for _, found in results.values() for _, text in found]
        print(f"{name:28}passage tokens: median {statistics.median(lengths):.0f}, longest {max(lengths)}")
        if arguments.failures and name == "ragkit":
            for question in questions:
                rank = results[question.identifier][0]
                if rank is None or rank > 5:
                    print(f"  {question.identifier} [{question.category}] rank {rank}: {question.text}")


if __name__ == "__main__":
    main()
