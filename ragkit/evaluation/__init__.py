"""The evaluation harness: question sets, metrics, statistics, gate, report. Uses only the public API of ragkit."""
