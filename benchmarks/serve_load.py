"""Many requests at once to a running ``ragkit serve``: how each one ended, and how long it took.

Usage: python benchmarks/serve_load.py http://127.0.0.1:8000 [--requests 400] [--at-once 200] [--question "..."]

The token comes from the environment variable RAGKIT_TOKEN; none is needed with --dev-user. Raise [server.rates] first,
or most requests are turned away with 429. A quarter of the requests is streamed. While it runs, /health is asked again
and again: its slowest reply tells whether the event loop was ever held up.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
from collections import Counter
from time import perf_counter

import httpx2


async def one(client: httpx2.AsyncClient, places: asyncio.Semaphore, number: int, question: str) -> tuple[str, float]:
    """One question: its status (and the last event of a stream), and its seconds."""
    path = "/v1/ask/stream" if number % 4 == 0 else "/v1/ask"
    async with places:
        started = perf_counter()
        try:
            reply = await client.post(path, json={"question": question})
        except httpx2.HTTPError as error:
            return type(error).__name__, perf_counter() - started
    complete = path == "/v1/ask" or reply.status_code != 200 or "event: answer" in reply.text
    return f"{reply.status_code}{'' if complete else ' cut off'}", perf_counter() - started


async def watch(client: httpx2.AsyncClient, seconds: list[float]) -> None:
    """Asks for /health until it is stopped."""
    while True:
        started = perf_counter()
        await client.get("/health")
        seconds.append(perf_counter() - started)
        await asyncio.sleep(0.05)


async def measure(address: str, requests: int, at_once: int, question: str) -> None:
    """Sends the requests and prints what became of them."""
    token = os.environ.get("RAGKIT_TOKEN")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    places, health = asyncio.Semaphore(at_once), list[float]()
    limits = httpx2.Limits(max_connections=at_once + 10)
    async with httpx2.AsyncClient(
        base_url=address, headers=headers, timeout=120, trust_env=False, limits=limits
    ) as client:
        watching = asyncio.create_task(watch(client, health))
        started = perf_counter()
        ended = await asyncio.gather(*(one(client, places, number, question) for number in range(requests)))
        total = perf_counter() - started
        watching.cancel()
    statuses = Counter(status for status, _ in ended)
    answered = sorted(seconds for status, seconds in ended if status == "200")
    print(f"{requests} requests, {at_once} at once, in {total:.1f} s: {dict(statuses)}")
    if len(answered) > 1:
        print(f"answered: {len(answered) / total:.0f} a second, median {statistics.median(answered):.2f} s, ", end="")
        print(f"95th percentile {statistics.quantiles(answered, n=20)[-1]:.2f} s")
    print(f"/health meanwhile: {len(health)} times, slowest {max(health):.2f} s")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--question", default="How often is a peripheral IV line flushed?")
    given = parser.parse_args()
    asyncio.run(measure(given.address, given.requests, given.at_once, given.question))


if __name__ == "__main__":
    main()
