"""One writer at a time, across processes and threads, and a message that says who it is."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ragkit.errors import StoreError, StoreLockedError

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK_NAME = "writer.lock"
OWNER_NAME = "writer.json"


class WriterLock:
    """The right to write to one knowledge base. The operating system gives it back when its holder dies.

    Threads of one ``WriterLock`` wait for each other; another process, or another open ``Store`` in this one, is told
    at once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = threading.RLock()
        self._lock: BaseFileLock | None = None
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Holds the lock; True where it was taken here, False where this thread had it already.

        Raises:
            StoreLockedError: somebody else is writing.
            StoreError: the folder cannot be written.
        """
        with self._threads:
            if not self._depth:
                self._acquire()
            self._depth += 1
            try:
                yield self._depth == 1
            finally:
                self._depth -= 1
                if not self._depth:
                    with suppress(OSError):
                        (self._folder / OWNER_NAME).unlink()
                    if self._lock is not None:
                        self._lock.release()

    def _acquire(self) -> None:
        # Who only asks does not pay for this import.
        from filelock import FileLock, Timeout

        self._lock = self._lock or FileLock(self._folder / LOCK_NAME, thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise StoreLockedError(
                f"{self._owner()} is writing to the knowledge base {self._folder}. Asking goes on meanwhile; to change "
                "something, wait until it has finished, or stop it, then try again."
            ) from None
        except OSError as error:
            raise StoreError(
                f"The knowledge base {self._folder} cannot be written ({error.strerror or error}). Check that this "
                "user may write in that folder and that the disk is not full."
            ) from error
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now().astimezone().isoformat()}
        # Only for the message; the lock itself does not depend on it.
        with suppress(OSError):
            (self._folder / OWNER_NAME).write_text(json.dumps(owner), encoding="utf-8")

    def _owner(self) -> str:
        try:
            owner = json.loads((self._folder / OWNER_NAME).read_text(encoding="utf-8"))
            since = datetime.fromisoformat(owner["since"]).strftime("%Y-%m-%d %H:%M:%S")
            return f"Process {int(owner['pid'])} on {owner['host']} (since {since})"
        except (OSError, ValueError, KeyError, TypeError):
            return "Another process"
