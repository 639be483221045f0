"""Health and readiness: is everything that a knowledge base and its deployment need there, and does it work?

>>> from ragkit.doctor import examine
>>> examination = examine(offline=True)
>>> examination.healthy
True
"""

from ragkit.doctor.examination import examine
from ragkit.doctor.finding import Examination, Finding, Level

__all__ = ["Examination", "Finding", "Level", "examine"]
