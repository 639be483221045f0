"""An evaluation opens no connection, and the commands that need no metrics load no statistics."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.test_offline import NO_SOCKETS, run_python
from tests.evaluation.hospital import write_evaluation


def test_the_gate_works_in_a_process_whose_sockets_are_forbidden(tmp_path: Path) -> None:
    code = f"""{NO_SOCKETS}
from ragkit.evaluation import load_configuration, run_gate, write_reports
configuration = load_configuration(sys.argv[1])
decision = run_gate(configuration)
write_reports(decision.results, decision.verdict, None, configuration.report.folder)
print(decision.verdict.text)
"""
    assert "GATE PASSED" in run_python(code, str(write_evaluation(tmp_path)))
    assert (tmp_path / "report/report.html").exists()


def test_the_command_line_and_the_evaluation_package_load_nothing_heavy() -> None:
    code = """
import sys
import ragkit.cli.app, ragkit.evaluation
heavy = {"torch", "transformers", "sentence_transformers", "llama_index", "chromadb", "unstructured", "scipy",
         "sklearn"}
print(sorted(heavy & set(sys.modules)))
"""
    assert run_python(code).strip() == "[]"
