"""What was spent each day, in a file: it outlives the process, and processes that share it share the budget."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

from ragkit.language_models.budget import Expense, MemoryLedger
from ragkit.language_models.private_files import PrivateDatabase

SPENDING_FILE = "spending.sqlite"
_TABLES = "CREATE TABLE IF NOT EXISTS spending (day TEXT PRIMARY KEY, tokens INTEGER NOT NULL, cost REAL NOT NULL)"
_SPENT = "SELECT tokens, cost FROM spending WHERE day = ?"
_ADD = """
INSERT INTO spending VALUES (?, ?, ?)
ON CONFLICT (day) DO UPDATE SET tokens = tokens + excluded.tokens, cost = cost + excluded.cost
"""


class FileLedger:
    """Expenses in an SQLite file: two numbers a day, and nothing else. One thread at a time.

    Where the file cannot be used for a while, what this process spends is counted in memory and written later.

    Args:
        folder: where the file stands.
    """

    def __init__(self, folder: Path) -> None:
        self._file = PrivateDatabase(folder / SPENDING_FILE, _TABLES)
        self._own = MemoryLedger()
        self._unwritten: dict[date, Expense] = {}

    def spent(self, day: date) -> Expense:
        """See ``Ledger``. Never less than what this process spent."""
        own = self._own.spent(day)
        row = self._file.use(lambda database: database.execute(_SPENT, (day.isoformat(),)).fetchone(), None)
        if row is None:
            return own
        spent = Expense(*row) + self._unwritten.get(day, Expense())
        return Expense(max(own.tokens, spent.tokens), max(own.cost, spent.cost))

    def add(self, day: date, expense: Expense) -> None:
        """See ``Ledger``."""
        if expense == Expense():
            return
        self._own.add(day, expense)
        self._unwritten[day] = self._unwritten.get(day, Expense()) + expense
        self._file.use(self._write, None)

    def close(self) -> None:
        """See ``Ledger``."""
        self._file.close()

    def _write(self, database: sqlite3.Connection) -> None:
        for day, expense in list(self._unwritten.items()):
            database.execute(_ADD, (day.isoformat(), expense.tokens, expense.cost))
            del self._unwritten[day]
