"""Hands records to other evaluation tools, for those who use them: ragas and DeepEval, as optional extras.

Both want older versions of common packages than ragkit's constraints file pins, so install an extra without that file,
in an environment of its own: ``pip install 'ragkit[ragas]'``. A run travels there as ``results.json``.
"""

from ragkit.evaluation.adapters.deepeval import to_deepeval
from ragkit.evaluation.adapters.ragas import to_ragas
from ragkit.evaluation.adapters.rows import Row, to_rows

__all__ = ["Row", "to_deepeval", "to_ragas", "to_rows"]
