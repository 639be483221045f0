"""Judging all records of a run with one scorer: every pair once, from the cache where it has been judged before."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from ragkit.errors import EvaluationError, GroundingError
from ragkit.evaluation.metrics.matrices import Judgement, Judgements, Layout, layout_of
from ragkit.evaluation.record import Record
from ragkit.evaluation.running.source_hash import code_hash
from ragkit.grounding.base import Pair, Score, Scorer
from ragkit.grounding.verdict import Verdict

SLICE = 4096
"""Pairs in one call of the scorer."""
OUTAGE = 3
"""Records in a row that could not be judged, after which a scorer is not asked again."""


class PairCache:
    """Scores kept on disk between runs, by the code, the scorer's fingerprint and the pair.

    Args:
        path: an SQLite file; made if missing. Removing it costs time only.

    Raises:
        EvaluationError: the file is no cache of this kind, or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(path)) as database, database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS scores (pair TEXT PRIMARY KEY, verdict TEXT NOT NULL, "
                    "support REAL NOT NULL, contradiction REAL NOT NULL, reasons TEXT NOT NULL) WITHOUT ROWID"
                )
        except sqlite3.DatabaseError as problem:
            raise EvaluationError(f"{path} cannot be used as a cache of scores ({problem}); remove it") from problem

    def find(self, fingerprint: str, pairs: Iterable[Pair]) -> dict[Pair, Score]:
        """The scores that are known of these pairs."""
        found = {}
        with closing(sqlite3.connect(self._path)) as database:
            for pair in pairs:
                row = database.execute(
                    "SELECT verdict, support, contradiction, reasons FROM scores WHERE pair = ?",
                    (_hash(fingerprint, pair),),
                ).fetchone()
                if row is not None:
                    found[pair] = Score(Verdict(row[0]), row[1], row[2], tuple(json.loads(row[3])))
        return found

    def keep(self, fingerprint: str, scores: Mapping[Pair, Score]) -> None:
        """Adds scores, in place of older ones of the same pairs."""
        rows = [
            (
                _hash(fingerprint, pair),
                score.verdict.value,
                score.support,
                score.contradiction,
                json.dumps(score.reasons),
            )
            for pair, score in scores.items()
        ]
        with closing(sqlite3.connect(self._path)) as database, database:
            database.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?)", rows)


def _hash(fingerprint: str, pair: Pair) -> str:
    # ragkit's own rules and models are in the hash of its code; a scorer from elsewhere has its fingerprint only
    return hashlib.sha256(json.dumps([code_hash(), fingerprint, pair.claim, pair.evidence]).encode()).hexdigest()


def judge(records: Iterable[Record], scorer: Scorer, cache: PairCache | None = None) -> Judgements:
    """The judgements of all records that came back with an answer or a refusal.

    All pairs of all records are judged together. Where that fails, each record is judged by itself, so that one pair
    that the scorer cannot judge costs one record; after ``OUTAGE`` failures in a row the scorer counts as broken, and
    the remaining records fail too. What cannot be judged is in ``Judgements.errors``, whatever was raised: the gate
    fails on it.
    """
    layouts = [layout_of(record) for record in records if not record.error and record.answer is not None]
    known: dict[Pair, Score] = {}
    try:
        score_pairs((pair for layout in layouts for pair in layout.pairs()), scorer, cache, known)
    except Exception:
        return _judge_one_by_one(layouts, scorer, cache, known)
    return Judgements({layout.record.key: layout.filled(known) for layout in layouts})


def _judge_one_by_one(
    layouts: Sequence[Layout], scorer: Scorer, cache: PairCache | None, known: dict[Pair, Score]
) -> Judgements:
    judged: dict[str, Judgement] = {}
    errors: dict[str, str] = {}
    in_a_row = 0
    for layout in layouts:
        if in_a_row >= OUTAGE:
            errors[layout.record.key] = f"not judged: the scorer {scorer.name} failed {OUTAGE} times in a row before"
            continue
        try:
            score_pairs(layout.pairs(), scorer, cache, known)
        except Exception as problem:
            errors[layout.record.key] = f"{type(problem).__name__}: {problem}"
            in_a_row += 1
        else:
            judged[layout.record.key] = layout.filled(known)
            in_a_row = 0
    return Judgements(judged, errors)


def score_pairs(
    pairs: Iterable[Pair], scorer: Scorer, cache: PairCache | None = None, known: dict[Pair, Score] | None = None
) -> dict[Pair, Score]:
    """The score of each pair, each judged once.

    Args:
        pairs: in any order, some more than once.
        scorer: judges what is not known.
        cache: where scores are kept between runs.
        known: scores of this run; what is judged is added to it as it comes, also if a later pair fails.

    Raises:
        GroundingError: the scorer gave something that is no probability, or not one score for each pair.
    """
    known = {} if known is None else known
    open_pairs = [pair for pair in dict.fromkeys(pairs) if pair not in known]
    if cache is not None:
        known.update(cache.find(scorer.fingerprint, open_pairs))
        open_pairs = [pair for pair in open_pairs if pair not in known]
    for start in range(0, len(open_pairs), SLICE):
        asked = open_pairs[start : start + SLICE]
        scored = dict(zip(asked, _checked(scorer, asked), strict=True))
        known.update(scored)
        if cache is not None:
            cache.keep(scorer.fingerprint, scored)
    return known


def _checked(scorer: Scorer, pairs: Sequence[Pair]) -> list[Score]:
    scores = scorer.score(pairs)
    if len(scores) != len(pairs):
        raise GroundingError(f"the scorer {scorer.name} gave {len(scores)} scores for {len(pairs)} pairs; mend it")
    for score in scores:
        # NaN is in no interval
        if not all(0.0 <= p <= 1.0 for p in (score.support, score.contradiction)):
            raise GroundingError(f"the scorer {scorer.name} gave {score}, which is no probability; mend it")
    return scores
