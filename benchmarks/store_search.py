"""Search in a store of synthetic chunks: Chroma unfiltered, Chroma filtered, and the store's own exact search.

Usage: python benchmarks/store_search.py [--chunks 10000 20000] [--folder DIR]

Prints medians in milliseconds of one run on one machine, ratios, recall of Chroma against exact search, and sizes on
disk. Words are drawn from a Zipf distribution; vectors lie in clusters, as those of real texts do.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ragkit.chunking.chunk import Chunk
from ragkit.documents.document import Block, BlockKind, Document
from ragkit.documents.governance import Governance
from ragkit.store.lexical import match_any
from ragkit.store.store import Store

DIMENSION = 384
CHUNKS_PER_VERSION = 40
WORDS_PER_CHUNK = 120
FINGERPRINT = "synthetic"
QUESTION_TERMS = 12

COLD = """
import sys, time
start = time.perf_counter()
import numpy as np
from ragkit.store.store import Store
imported = time.perf_counter()
store = Store.open(sys.argv[1])
keys = {row.version_key for row in store.versions()}
vector = np.full(384, 384 ** -0.5, dtype=np.float32)
assert store.dense_search(vector, keys, 50)
searched = time.perf_counter()
needed = "chromadb" in sys.modules
import chromadb
print(imported - start, searched - imported, needed, time.perf_counter() - searched)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, nargs="+", default=[10_000, 20_000])
    parser.add_argument("--folder", type=Path, default=None, help="where to build; a temporary folder by default")
    arguments = parser.parse_args()
    for count in arguments.chunks:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            measure(count, Path(folder) / "benchmark.kb")


def measure(count: int, folder: Path) -> None:
    rng = np.random.default_rng(7)
    seconds = build(folder, count, rng)
    print(f"\n{count} chunks in {count // CHUNKS_PER_VERSION} versions; 90 % of the versions permitted")
    print(f"  stored in {seconds['sqlite']:.1f} s, mirrored to Chroma in {seconds['chroma']:.1f} s")
    for name in ("ragkit.sqlite3", "chroma"):
        print(f"  {name}: {size(folder / name) / 1e6:.1f} MB")
    with Store.open(folder, read_only=True) as store:
        keys = {row.version_key for row in store.versions() if row.version_key % 10}
        queries = list(clustered(20, np.random.default_rng(8)))
        expressions = [match_any(question(rng)) for _ in range(20)]
        dense = median(lambda query: store.dense_search(query, keys, 50), queries)
        first = median(lambda expression: store.lexical_search(expression, keys, 50), expressions)
        lexical = median(lambda expression: store.lexical_search(expression, keys, 50), expressions)
        exact = [{(h.version_key, h.chunk_index) for h in store.dense_search(query, keys, 50)} for query in queries]
        print(f"  exact search, filtered:       {dense:7.2f} ms")
        print(f"  full-text search, filtered:   {lexical:7.2f} ms  ({QUESTION_TERMS} terms; new words: {first:.2f} ms)")
        print(f"  both:                         {dense + lexical:7.2f} ms")
    chroma(folder, keys, queries, exact, dense)
    imported, first, loaded, chromadb_import = subprocess.run(
        [sys.executable, "-c", COLD, str(folder)], capture_output=True, text=True, check=True
    ).stdout.split()
    print(f"  a new process: imports {float(imported):.2f} s, open and first search {float(first):.2f} s")
    print(f"  chromadb imported for it: {loaded}; importing it takes {float(chromadb_import):.2f} s more")


def chroma(
    folder: Path, keys: set[int], queries: list[np.ndarray], exact: list[set[tuple[int, int]]], dense: float
) -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(folder / "chroma"), settings=Settings(anonymized_telemetry=False))
    [name] = [collection.name for collection in client.list_collections()]
    collection = client.get_collection(name, embedding_function=None)
    where = {"version_key": {"$in": sorted(keys)}}
    unfiltered = median(
        lambda query: collection.query(query_embeddings=[query], n_results=50, include=["distances"]), queries
    )
    oversampled = median(
        lambda query: collection.query(query_embeddings=[query], n_results=500, include=["distances"]), queries
    )
    filtered = median(
        lambda query: collection.query(query_embeddings=[query], n_results=50, where=where, include=["distances"]),
        queries,
    )
    print(f"  Chroma, unfiltered:           {unfiltered:7.2f} ms  ({unfiltered / dense:.1f} x exact)")
    print(f"  Chroma, unfiltered, top 500:  {oversampled:7.2f} ms  ({oversampled / dense:.1f} x exact)")
    print(f"  Chroma, filtered:             {filtered:7.2f} ms  ({filtered / dense:.1f} x exact)")
    recall = []
    for query, wanted in zip(queries, exact, strict=True):
        found = collection.query(query_embeddings=[query], n_results=50, where=where, include=["metadatas"])
        places = {(row["version_key"], row["chunk_index"]) for row in found["metadatas"][0]}
        recall.append(len(places & wanted) / len(wanted))
    print(f"  Chroma's recall at 50, filtered: {statistics.mean(recall):.3f} (exact search: 1 by construction)")
    client.close()


def build(folder: Path, count: int, rng: np.random.Generator) -> dict[str, float]:
    start = time.perf_counter()
    with Store.open(folder) as store:
        with store.writing():
            for document, chunks, vectors in versions(count, rng):
                store.put(document, chunks, vectors, fingerprint=FINGERPRINT)
            stored = time.perf_counter()
        mirrored = time.perf_counter()
    return {"sqlite": stored - start, "chroma": mirrored - stored}


def versions(count: int, rng: np.random.Generator) -> Iterator[tuple[Document, list[Chunk], np.ndarray]]:
    for number in range(count // CHUNKS_PER_VERSION):
        texts = [" ".join(words(rng, WORDS_PER_CHUNK)) for _ in range(CHUNKS_PER_VERSION)]
        document = Document(
            document_id=f"p{number}",
            version="1",
            source=f"p{number}.md",
            media_type="text/markdown",
            content_hash=str(number),
            text="\n\n".join(texts),
            blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=1),),
            governance=Governance(title=" ".join(words(rng, 5))),
        )
        chunks, start = [], 0
        for index, text in enumerate(texts):
            chunks.append(
                Chunk(
                    index=index,
                    start=start,
                    end=start + len(text),
                    first_block=0,
                    last_block=0,
                    text=text,
                    embedding_text=f"{document.governance.title}\n{text}",
                    token_count=WORDS_PER_CHUNK,
                )
            )
            start += len(text) + 2
        yield document, chunks, clustered(CHUNKS_PER_VERSION, rng)


def words(rng: np.random.Generator, count: int) -> list[str]:
    """Words of a Zipf distribution, without the handful that every chunk has (a question's stop words)."""
    return [f"word{rank}" for rank in np.minimum(rng.zipf(1.3, count), 20_000)]


def question(rng: np.random.Generator) -> list[str]:
    """A question's content words: some common, some rare."""
    return [f"word{rank}" for rank in np.exp(rng.uniform(np.log(5), np.log(5000), QUESTION_TERMS)).astype(int)]


_CENTRES = np.random.default_rng(1).standard_normal((300, DIMENSION)).astype(np.float32)


def clustered(count: int, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors around common centres."""
    centres = _CENTRES[rng.integers(0, len(_CENTRES), count)]
    vectors = centres + 0.8 * rng.standard_normal((count, DIMENSION)).astype(np.float32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def median(call: Callable[[object], object], arguments: list[object]) -> float:
    """Median milliseconds of a warm call."""
    call(arguments[0])
    taken = []
    for argument in arguments:
        start = time.perf_counter()
        call(argument)
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def size(path: Path) -> int:
    return (
        path.stat().st_size
        if path.is_file()
        else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    )


if __name__ == "__main__":
    main()
