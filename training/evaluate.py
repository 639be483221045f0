"""Measures models on files of examples, beside what word overlap alone would do; fills the model card.

Usage:
    python training/evaluate.py --model RUN --data FILE_OR_DIR... [--out measured.json]
    python training/evaluate.py --scores FILE... [--out measured.json]
    python training/evaluate.py --card MODEL_FOLDER

The first form judges the examples; the second reads logits that ``scores.py`` wrote (of the folds together, say). The
third writes the figures that ``export.py`` put beside the model (``record.json``) into ``training/MODEL_CARD.md``,
between its marks.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from batches import load_tokenised
from choosing import validation_files
from judging import judge
from measures import as_data, as_table, measure
from run_folder import load_model
from scores import read_scores

CARD = Path(__file__).parent / "MODEL_CARD.md"
BEGIN, END = "<!-- figures: written by evaluate.py --card -->\n", "<!-- end of figures -->\n"


def main(arguments: list[str] | None = None) -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--data", type=Path, nargs="+", default=[])
    parser.add_argument("--scores", type=Path, nargs="+", default=[])
    parser.add_argument("--card", type=Path)
    parser.add_argument("--card-file", type=Path, default=CARD)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--tokens", type=Path, help="a folder where tokens are kept for the next time")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    if options.card:
        record = json.loads((options.card / "record.json").read_text(encoding="utf-8"))
        fill_card(options.card_file, record)
        return
    if options.scores:
        examples, logits = read_scores(options.scores)
    elif options.model and options.data:
        data = load_tokenised(validation_files(options.data), options.tokens)
        examples, logits = data.examples, judge(load_model(options.model), data)
    else:
        parser.error("give --model with --data, or --scores, or --card")
    lines = measure(examples, logits)
    print(as_table(lines))
    if options.out:
        options.out.write_text(json.dumps(as_data(lines), indent=1) + "\n", encoding="utf-8")


def fill_card(card: Path, record: dict[str, Any]) -> None:
    """Replaces what stands between the marks of the card.

    Args:
        card: the Markdown file.
        record: from ``export.py``.

    Raises:
        ValueError: the card has no marks.
    """
    text = card.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{card} lacks the marks {BEGIN.strip()} and {END.strip()}: put them where the figures go.")
    card.write_text(before + begin + figures(record) + end + after, encoding="utf-8")


def figures(record: dict[str, Any]) -> str:
    """The figures of a record as Markdown."""
    parts = [f"Version `{record['version']}`, {record['bytes'] / 1e6:.1f} MB, SHA-256 `{record['sha256']}`.\n"]
    for title, lines in record["measured"].items():
        parts.append(f"\n{title}:\n\n{_markdown(lines)}")
    if record.get("calibration"):
        parts.append("\nCalibration (expected calibration error, ten bins, cross-fitted):\n\n")
        parts.append("| head | examples | temperature | before | after |\n| --- | ---: | ---: | ---: | ---: |\n")
        for head, values in record["calibration"].items():
            parts.append(
                f"| {head} | {values['examples']} | {values['temperature']:.3f} "
                f"| {values['calibration_error_before']:.3f} | {values['calibration_error_after']:.3f} |\n"
            )
    for stage, run in record["runs"].items():
        parts.append(
            f"\nTrained on, stage {stage} ({run['seconds'] / 60:.0f} min, {run['examples']} examples seen):\n\n"
        )
        parts.append("| task | source | examples |\n| --- | --- | ---: |\n")
        for name, count in run["counts"].items():
            task, _, source = name.partition(" ")
            parts.append(f"| {task} | {source} | {count} |\n")
    return "".join(parts)


def _markdown(lines: list[dict[str, Any]]) -> str:
    rows = [
        "| task | source | n | contrast | AUROC | words alone | balanced accuracy |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: |",
    ]
    for line in lines:
        for place, (contrast, value) in enumerate(line["auroc"].items()):
            balanced = line.get("balanced")
            shown = f"{balanced:.3f}" if balanced is not None and place == 0 else ""
            rows.append(
                f"| {line['task']} | {line['source']} | {line['count']} | {contrast} | {value:.3f} "
                f"| {line['words'][contrast]:.3f} | {shown} |"
            )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
