"""A process that changes a knowledge base and is killed (SIGKILL) at a named step. Run by test_crashes.py."""

from __future__ import annotations

import os
import signal
import sys

from policies import policy, put

from ragkit.store.store import Store


class KilledStore(Store):
    """Dies when it comes to the step named on the command line."""

    fatal_step = ""

    def _step(self, name: str) -> None:
        if name == self.fatal_step:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    _, folder, action, step = sys.argv
    with KilledStore.open(folder) as store:
        store.fatal_step = step
        if action == "put":
            put(store, policy("iv", "Assess every 4 hours.", "Replace every 72 hours.", source="iv.md"))
        elif action == "purge":
            store.purge("iv")
        elif action == "repair":
            store.repair()
        else:
            with store.writing():
                put(store, policy("iv", "Assess every 4 hours."))
                os.kill(os.getpid(), signal.SIGKILL)
