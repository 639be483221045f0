"""The planted-error study: how many wrong statements the verifier stops, and how many right ones it stops wrongly.

    python benchmarks/planted_errors.py [--real DIR] [--count 2000] [--seed N] [--half tuning|held-out|all]
        [--source northmoor|real|all] [--work DIR] [--json FILE] [--show KIND N] [--sample N] [--curve]

Correct statements are lines of the answers to the questions of eval/northmoor and, with --real, of DIR (policies/SITE,
questions/*.jsonl, training): word for word, rewritten by rule as a language model would, and claims in other words that
people labelled supported. COUNT errors of twelve kinds, and as many a kind of two further ones, are planted into them
(planting_kinds.py), spread evenly over kinds and forms, and held against the verifier (ragkit.grounding.composed).
Documents are split in halves by a hash of their names; the verifier was tuned on
Northmoor and on the tuning half only. Intervals resample documents.

--show prints N planted errors of a kind that got through (or, for "good", N good statements that were stopped),
--sample N
planted errors of each kind to be read. --curve prints what is lost and let through at each threshold of the support.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count as counting
from pathlib import Path

from planting_kinds import FURTHER, KINDS, TWELVE, Planted, Pool
from planting_rewrites import rewritten
from planting_sources import HUMAN, REWRITTEN, VERBATIM, Good, Material, gather
from rich.console import Console
from rich.table import Table

from ragkit.evaluation.statistics.bootstrap import mean_interval
from ragkit.grounding.base import Score
from ragkit.grounding.composed import check_composed
from ragkit.grounding.verdict import Verdict

PROJECT = Path(__file__).resolve().parents[1]
FORMS = (VERBATIM, REWRITTEN, HUMAN)
console = Console(width=150, highlight=False, markup=False)


@dataclass(frozen=True)
class Judged:
    """A statement with what the verifier said."""

    kind: str
    form: str
    document: str
    statement: str
    evidence: tuple[str, ...]
    note: str
    score: Score

    @property
    def stopped(self) -> bool:
        """Whether it would not be shown."""
        return self.score.verdict is not Verdict.SUPPORTED


def half_of(document: str) -> str:
    """The half a document belongs to, whatever the run."""
    return "tuning" if sha256(document.split("@")[0].encode()).digest()[0] % 2 else "held-out"


def chosen(material: Material, half: str, source: str) -> list[Good]:
    """The correct statements of a half and source, the rewritten ones among them."""
    found = [
        good
        for good in material.statements
        if half in ("all", half_of(good.document)) and source in ("all", good.source)
    ]
    others = (rewritten(good, random.Random(f"rewrite {good.text}")) for good in found if good.form == VERBATIM)
    return found + [good for good in others if good]


def plant(statements: Sequence[Good], material: Material, count: int, seed: int) -> list[Planted]:
    """``count`` errors of the twelve kinds and as many a kind of the others, spread evenly over the forms."""
    pool = Pool(material.documents, [good for good in statements if good.form == VERBATIM])
    by_form = {form: [good for good in statements if good.form == form] for form in FORMS}
    found: list[Planted] = []
    for number, (kind, planter) in enumerate(KINDS.items()):
        wanted = count // len(TWELVE) + (number < count % len(TWELVE))
        made = [_planted(planter, by_form[form], pool, f"{seed} {kind} {form}") for form in FORMS]
        found += _evenly(made, wanted)
    return found


def _planted(planter: Callable[..., Planted | None], goods: Sequence[Good], pool: Pool, seed: str) -> Iterator[Planted]:
    """The errors of one kind and form, each different: the statements in a drawn order, then once more."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for turn in range(4):
        rng = random.Random(f"{seed} {turn}")
        for good in rng.sample(goods, len(goods)):
            made = planter(good, pool, rng)
            if made and (made.text, made.evidence) not in seen:
                seen.add((made.text, made.evidence))
                yield made


def _evenly(streams: Iterable[Iterator[Planted]], wanted: int) -> list[Planted]:
    """One of each stream in turn until there are enough."""
    found: list[Planted] = []
    open_streams = list(streams)
    for place in counting():
        if not open_streams or len(found) >= wanted:
            return found
        stream = open_streams[place % len(open_streams)]
        made = next(stream, None)
        if made is None:
            open_streams.remove(stream)
        else:
            found.append(made)
    raise AssertionError("unreachable")


def judge(planted: Iterable[Planted], goods: Iterable[Good]) -> tuple[list[Judged], float]:
    """What the verifier says, and the milliseconds a statement took."""
    start = time.perf_counter()
    judged = [
        Judged(each.kind, each.good.form, each.good.document, each.text, each.evidence, each.change,
               check_composed(each.text, each.evidence))
        for each in planted
    ]  # fmt: skip
    judged += [
        Judged(
            "good",
            good.form,
            good.document,
            good.text,
            good.evidence,
            good.how,
            check_composed(good.text, good.evidence),
        )
        for good in goods
    ]
    return judged, 1000 * (time.perf_counter() - start) / max(1, len(judged))


def figures(judged: Sequence[Judged]) -> list[dict[str, object]]:
    """One row for each kind and form (and for all forms together): how many, the share stopped, its interval."""
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for each in judged:
        groups[each.kind, "all"].append(each)
        groups[each.kind, each.form].append(each)
        if each.kind in TWELVE:
            groups["any error", "all"].append(each)
            groups["any error", each.form].append(each)
    rows = []
    for (kind, form), members in groups.items():
        interval = mean_interval([float(each.stopped) for each in members], [each.document for each in members])
        rows.append(
            {"kind": kind, "form": form, "n": len(members), "stopped": interval.estimate, "low": interval.low,
             "high": interval.high, "documents": len({each.document for each in members})}
        )  # fmt: skip
    return rows


def show_figures(rows: Sequence[dict[str, object]], title: str) -> None:
    """The table: planted errors stopped, and good statements stopped wrongly."""
    at = {(row["kind"], row["form"]): row for row in rows}
    table = Table(title=title)
    for head in ("", "n", "stopped, 95 % interval", *FORMS):
        table.add_column(head, justify="left" if not head else "right")
    for kind in [*TWELVE, "any error", *FURTHER, "good"]:
        if (kind, "all") not in at:
            continue
        whole = at[kind, "all"]
        parts = [at.get((kind, form)) for form in FORMS]
        table.add_row(
            "good statements lost" if kind == "good" else kind,
            str(whole["n"]),
            f"{whole['stopped']:.3f} ({whole['low']:.3f}-{whole['high']:.3f})",
            *[f"{part['stopped']:.3f} of {part['n']}" if part else "" for part in parts],
            end_section=kind in ("merged", "any error", "words exchanged"),
        )
    console.print(table)


def show_curve(judged: Sequence[Judged]) -> None:
    """What a threshold on the support would lose and let through."""
    table = Table(title="support at least")
    for head in ("", *[f"good {form} lost" for form in FORMS], "errors let through"):
        table.add_column(head, justify="right")
    for step in range(0, 100, 5):
        threshold = step / 100
        stopped = [(each, each.stopped or each.score.support < threshold) for each in judged]
        shares = []
        for form in FORMS:
            group = [out for each, out in stopped if each.kind == "good" and each.form == form]
            shares.append(f"{sum(group) / len(group):.3f}" if group else "")
        errors = [not out for each, out in stopped if each.kind != "good"]
        table.add_row(f"{threshold:.2f}", *shares, f"{sum(errors) / len(errors):.3f}" if errors else "")
    console.print(table)


def show_failures(judged: Sequence[Judged], kind: str, many: int) -> None:
    """Errors that got through, or good statements that were stopped."""
    kind, _, form = kind.partition("/")
    wrong = [
        each for each in judged if each.kind == kind and each.stopped == (kind == "good") and form in ("", each.form)
    ]
    for each in wrong[:many]:
        console.print(f"[{each.kind}, {each.form}] {each.note}\n  S {each.statement}")
        for line in each.evidence:
            console.print(f"  E {line}")
        console.print(f"  {each.score.support:.2f} {'; '.join(each.score.reasons)}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--half", choices=("tuning", "held-out", "all"), default="all")
    parser.add_argument("--source", choices=("northmoor", "real", "all"), default="all")
    parser.add_argument("--work", type=Path, default=PROJECT / ".planted-errors")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", nargs=2, action="append", default=[], metavar=("KIND[/FORM]", "N"))
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--curve", action="store_true")
    options = parser.parse_args()
    material = gather(PROJECT / "corpora/northmoor", PROJECT / "eval/northmoor", options.real, options.work)
    goods = chosen(material, options.half, options.source)
    planted = plant(goods, material, options.count, options.seed)
    judged, milliseconds = judge(planted, goods)
    rows = figures(judged)
    show_figures(
        rows, f"{options.source}, {options.half}: {len(planted)} planted errors, {milliseconds:.2f} ms a statement"
    )
    if options.curve:
        show_curve(judged)
    for kind in KINDS if options.sample else ():
        of_kind = [each for each in planted if each.kind == kind]
        for each in random.Random(options.seed).sample(of_kind, min(options.sample, len(of_kind))):
            console.print(
                f"[{kind}, {each.good.form}] {each.change}\n  S {each.text}\n  E {' ⏎⏎ '.join(each.evidence)}\n"
            )
    for kind, many in options.show:
        show_failures(judged, kind, int(many))
    if options.json:
        options.json.write_text(json.dumps({"milliseconds": milliseconds, "figures": rows}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
