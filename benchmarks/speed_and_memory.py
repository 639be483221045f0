"""Speed, memory and size of the main job, as ratios measured side by side in one run.

    python benchmarks/speed_and_memory.py POLICIES... [--questions FILE...]

POLICIES are folders of real documents; each is ingested under its own name as site. Prints:

- ingest against embedding the same chunks with the bare sentence-transformers model (target: at most 1.3);
- ingesting the unchanged folders again against the first time (target: at least 50 times faster);
- a question on more than 10,000 chunks, all filters on, against embedding the question (target: at most 3);
- a cold ``ragkit ask`` from the shell (target: under 3 s in all);
- peak memory of an ingest, of a third of the files and of all (target: under 1.5 GB, not growing);
- sizes on disk.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

INGEST = """
import json, resource, sys, time
from ragkit import KnowledgeBase
seconds = 0.0
with KnowledgeBase.open(sys.argv[1], access="open") as kb:
    for pair in sys.argv[2:]:
        site, folder = pair.split("=", 1)
        seconds += kb.ingest(folder, site=site).seconds
print(json.dumps({"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""

BARE = """
import json, sys, time
from sentence_transformers import SentenceTransformer
from ragkit.embedding.weights import default_model_folder
from ragkit.store.store import Store
with Store.open(sys.argv[1]) as store:
    texts = [chunk.embedding_text for row in store.versions() for chunk in store.chunks(row.version_key)]
model = SentenceTransformer(str(default_model_folder()), device="cpu")
model.encode(texts[:8])
started = time.perf_counter()
model.encode(texts, batch_size=32, show_progress_bar=False)
print(json.dumps({"seconds": time.perf_counter() - started, "chunks": len(texts)}))
"""

ASK = """
import json, statistics, sys, time
from datetime import date
from sentence_transformers import SentenceTransformer
from ragkit import KnowledgeBase, User
from ragkit.embedding.weights import default_model_folder
questions = json.loads(sys.argv[2])
model = SentenceTransformer(str(default_model_folder()), device="cpu")
user = User("bench", roles={"nurse"})
with KnowledgeBase.open(sys.argv[1], access="open") as kb:
    for question, site in questions[:10]:
        kb.ask(question, site=site, user=user, as_of=date.today())
    asked, embedded, bare = [], [], []
    for question, site in questions:
        started = time.perf_counter()
        answer = kb.ask(question, site=site, user=user, as_of=date.today())
        asked.append(time.perf_counter() - started)
        embedded.append(answer.trace.timings_ms["embed"] / 1000)
        started = time.perf_counter()
        model.encode([question], show_progress_bar=False)
        bare.append(time.perf_counter() - started)
print(json.dumps({"ask_ms": 1000 * statistics.median(asked), "embed_ms": 1000 * statistics.median(embedded),
                  "bare_embed_ms": 1000 * statistics.median(bare), "n": len(asked),
                  "p95_ms": 1000 * sorted(asked)[int(0.95 * len(asked))]}))
"""


def run(code: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def size_mb(path: Path) -> float:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files) / 1e6


def third_of(folders: list[Path], work: Path) -> list[str]:
    """Every third file of each folder, linked into folders of their own."""
    pairs = []
    for folder in folders:
        part = work / "third" / folder.name
        part.mkdir(parents=True)
        for index, file in enumerate(sorted(each for each in folder.rglob("*") if each.is_file())):
            if index % 3 == 0:
                (part / file.name).symlink_to(file)
        pairs.append(f"{folder.name}={part}")
    return pairs


def show(what: str, figures: str, target: str = "") -> None:
    print(f"{what:<30}{figures}" + (f"   (target {target})" if target else ""), flush=True)


def measure_ingest(folders: list[Path], work: Path) -> tuple[Path, int]:
    """Ingests, embeds with the bare model, ingests again; returns the knowledge base and its number of chunks."""
    kb = work / "one.kb"
    pairs = [f"{folder.name}={folder}" for folder in folders]
    first = run(INGEST, str(kb), *pairs)
    bare = run(BARE, str(kb))
    again = run(INGEST, str(kb), *pairs)
    part = run(INGEST, str(work / "third.kb"), *third_of(folders, work))
    show("chunks", f"{bare['chunks']:.0f}")
    show("ingest", f"{first['seconds']:.1f} s")
    show("bare model, same chunks", f"{bare['seconds']:.1f} s")
    show("ingest / bare model", f"{first['seconds'] / bare['seconds']:.2f}", "<= 1.3")
    faster = first["seconds"] / again["seconds"]
    show("unchanged folders again", f"{again['seconds']:.2f} s, {faster:.0f} times faster", ">= 50")
    peaks = f"{first['peak_mb']:.0f} MB for all files, {part['peak_mb']:.0f} MB for a third of them"
    show("peak memory of ingest", peaks, "< 1500, not growing")
    show("on disk", f"SQLite {size_mb(kb / 'ragkit.sqlite3'):.1f} MB, Chroma {size_mb(kb / 'chroma'):.1f} MB")
    return kb, int(bare["chunks"])


def enlarge(kb: Path, folders: list[Path], chunks: int, work: Path) -> tuple[Path, int]:
    """The same documents under more and more sites, until there are 10,000 chunks."""
    big, copies = work / "big.kb", -(-10_000 // chunks)
    shutil.copytree(kb, big)
    pairs = [f"{folder.name}-{copy}={folder}" for copy in range(1, copies) for folder in folders]
    if pairs:
        run(INGEST, str(big), *pairs)
    return big, copies * chunks


def measure_asking(kb: Path, chunks: int, questions: list[tuple[str, str]]) -> None:
    """Asks all questions in one warm process, then one question from cold shells."""
    ask = run(ASK, str(kb), json.dumps(questions))
    figures = f"median {ask['ask_ms']:.1f} ms, 95th percentile {ask['p95_ms']:.1f} ms, {ask['n']:.0f} questions"
    show(f"ask, {chunks} chunks", figures)
    own, bare = ask["ask_ms"] / ask["embed_ms"], ask["ask_ms"] / ask["bare_embed_ms"]
    show("ask / embedding, own embedder", f"{own:.2f} ({ask['embed_ms']:.1f} ms)", "<= 3")
    show("ask / embedding, bare model", f"{bare:.2f} ({ask['bare_embed_ms']:.1f} ms)", "<= 3")
    question, site = questions[0]
    code = "from ragkit.cli import main; main()"
    times = []
    for _ in range(7):
        started = time.perf_counter()
        command = [sys.executable, "-c", code, "ask", question, "--kb", str(kb), "--site", site]
        subprocess.run(command, capture_output=True, check=False)
        times.append(time.perf_counter() - started)
    show("cold ragkit ask", f"median {statistics.median(times):.2f} s of {len(times)}", "< 3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policies", nargs="+", type=Path)
    parser.add_argument("--questions", nargs="*", type=Path, default=[], help="JSON lines with question and site")
    options = parser.parse_args()
    questions = [
        (item["question"], item["site"])
        for path in options.questions
        for item in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]
    with tempfile.TemporaryDirectory(prefix="ragkit-speed-") as name:
        work, folders = Path(name), [folder.resolve() for folder in options.policies]
        kb, chunks = measure_ingest(folders, work)
        if questions:
            measure_asking(*enlarge(kb, folders, chunks, work), questions)


if __name__ == "__main__":
    main()
