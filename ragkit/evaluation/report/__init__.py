"""The reports of a run: JSON for programs, JUnit XML for CI, Markdown for a pull request, HTML for people."""

from ragkit.evaluation.report.writing import ReportPaths, write_reports

__all__ = ["ReportPaths", "write_reports"]
