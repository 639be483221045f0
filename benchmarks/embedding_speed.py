"""Embedding speed: the default embedder beside the bare sentence-transformers model, on the same chunks, in one run.

    python benchmarks/embedding_speed.py FOLDER [--chunks 500] [--rounds 2]

Reads the folder's documents, divides them into chunks, and embeds the same chunks with both, turn by turn, each in a
process of its own so that each one's peak memory can be told. Prints seconds, the ratios, memory, the start-up time
until the first question is embedded, and how far the vectors are apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

OURS, BARE = "ragkit", "sentence-transformers"


def read_chunks(folder: Path, count: int) -> list[str]:
    from ragkit.chunking.structure import chunk_document
    from ragkit.documents.parsed import UnreadableDocumentError
    from ragkit.documents.reader import read_document
    from ragkit.documents.sources import iter_sources
    from ragkit.embedding.minilm import MiniLmEmbedder
    from ragkit.settings import Settings

    embedder, texts = MiniLmEmbedder(), []
    for source in iter_sources([folder]):
        try:
            document = read_document(source)
        except UnreadableDocumentError:
            continue
        chunks = chunk_document(document, embedder.count_tokens, Settings().chunk_tokens)
        texts += [chunk.embedding_text for chunk in chunks]
        if len(texts) >= count:
            break
    return texts[:count]


def measure(model: str, texts_file: Path, vectors_file: Path) -> None:
    """Runs in a process of its own: prints one line of JSON with the seconds and the peak memory."""
    texts = json.loads(texts_file.read_text(encoding="utf-8"))
    started = time.perf_counter()
    if model == OURS:
        from ragkit.embedding.minilm import MiniLmEmbedder

        embedder = MiniLmEmbedder()
        embedder.embed_query("How often is the site assessed?")
        ready = time.perf_counter() - started
        started, worked = time.perf_counter(), time.process_time()
        vectors = embedder.embed_passages(texts)
    else:
        from sentence_transformers import SentenceTransformer

        from ragkit.embedding.weights import default_model_folder

        bare = SentenceTransformer(str(default_model_folder()), local_files_only=True)
        bare.encode("How often is the site assessed?")
        ready = time.perf_counter() - started
        started, worked = time.perf_counter(), time.process_time()
        vectors = np.asarray(bare.encode(texts, normalize_embeddings=True, show_progress_bar=False))
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    np.save(vectors_file, vectors)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ready": ready, "seconds": seconds, "cpu": cpu, "peak_mb": peak}))


def run_apart(model: str, texts_file: Path, vectors_file: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", model, str(texts_file), str(vectors_file)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return result


def compare(folder: Path, count: int, rounds: int) -> None:
    texts = read_chunks(folder, count)
    print(f"{len(texts)} chunks of {folder}")
    best: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        texts_file = Path(scratch, "texts.json")
        texts_file.write_text(json.dumps(texts), encoding="utf-8")
        for _ in range(rounds):
            for model in (OURS, BARE):
                found = run_apart(model, texts_file, Path(scratch, f"{model}.npy"))
                if model not in best or found["seconds"] < best[model]["seconds"]:
                    best[model] = found
        vectors = [np.load(Path(scratch, f"{model}.npy")) for model in (OURS, BARE)]
    for model, found in best.items():
        rate = len(texts) / found["seconds"]
        speed = f"{found['seconds']:7.2f} s ({found['cpu']:.1f} s of processor)  {rate:.0f} chunks/s"
        print(f"{model:22} {speed}  peak {found['peak_mb']:.0f} MB  first question after {found['ready']:.2f} s")
    ratios = [best[BARE][unit] / best[OURS][unit] for unit in ("seconds", "cpu")]
    print(f"ratio {ratios[0]:.2f} by the clock, {ratios[1]:.2f} by processor time (above 1: ragkit is faster)")
    print(f"lowest cosine between the two vectors of a chunk: {(vectors[0] * vectors[1]).sum(axis=1).min():.7f}")


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of documents")
    parser.add_argument("--chunks", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    compare(arguments.folder, arguments.chunks, arguments.rounds)


if __name__ == "__main__":
    main()
