"""What went wrong when a language model was asked: told in plain words, without the server's own.

The client's errors repeat keys, addresses and parts of the request. None of that gets out of this module: an error is
turned into a ``Failure`` where it is caught, and goes no further.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from ragkit.egress.client import UnusableResponseError
from ragkit.egress.policy import egress_error
from ragkit.errors import LanguageModelError, SettingsError
from ragkit.language_models.base import Outcome
from ragkit.language_models.tokens import Usage

if TYPE_CHECKING:
    from openai import APIStatusError

_LONGEST_WAIT = 24 * 3600.0
_QUOTA = "insufficient_quota"
_TOO_LONG = "context_length_exceeded"
_FILTERED = "content_filter"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request gave no reply.

    Attributes:
        outcome: its kind.
        detail: one plain sentence about the server.
        passes: another request may succeed.
        wait: seconds that the server wants to be left alone; None where it says nothing.
        is_fault: the server is at fault; enough of these in a row open its circuit.
        was_read: the server may have worked on the request, and bill it.
        spent: tokens of the reply that cannot be used, where there was one.
        parameter: the parameter of the request that the server says it does not take.
        status: of the HTTP reply; None where there was none.
    """

    outcome: Outcome
    detail: str
    passes: bool = False
    wait: float | None = None
    is_fault: bool = False
    was_read: bool = False
    spent: Usage | None = None
    parameter: str | None = None
    status: int | None = None


class RequestFailedError(LanguageModelError):
    """A request failed for a reason that is known already."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def failure_of(error: Exception) -> Failure:
    """What an error of the client, of the egress policy or of reading a reply means."""
    from openai import APIConnectionError, APIStatusError

    refusal = egress_error(error)
    if refusal is not None:
        return Failure(Outcome.NOT_PERMITTED, str(refusal))
    for each in _chain(error):
        if isinstance(each, RequestFailedError):
            return each.failure
        if isinstance(each, SettingsError):  # a key that is not there
            return Failure(Outcome.REJECTED, str(each))
        if isinstance(each, UnusableResponseError):
            return Failure(Outcome.UNUSABLE, str(each), was_read=True)
    if isinstance(error, APIStatusError):
        return replace(_of_status(error), status=error.status_code)
    if isinstance(error, APIConnectionError) or _is_transport_error(error):
        return _of_connection(error)
    if type(error).__module__.startswith("openai"):  # an error event in a stream
        return Failure(Outcome.SERVER_ERROR, "The server broke its reply off with an error.", True, None, True, True)
    return Failure(Outcome.UNUSABLE, "The server's reply is no chat completion.", was_read=True)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a reply's headers ask to wait (Retry-After in seconds or as a date; RFC 9110, 10.2.3).

    Returns:
        0 for a date that has passed; None where nothing readable is said.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if seconds >= 0:  # false for what is no number
            return min(seconds, _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    seconds = (until - (now or datetime.now(UTC))).total_seconds()
    return min(max(0.0, seconds), _LONGEST_WAIT)


def _of_status(error: APIStatusError) -> Failure:
    status, code = error.status_code, error.code
    wait = retry_after(error.response.headers)
    if code == _FILTERED:
        return Failure(Outcome.REFUSED, "The service's content filter rejected the request.")
    if status == 429 and _QUOTA in (code, error.type):
        return Failure(Outcome.TOO_MANY_REQUESTS, "The account's quota is used up (status 429).", is_fault=True)
    if status == 429:
        return Failure(Outcome.TOO_MANY_REQUESTS, "The server has too many requests (status 429).", True, wait, True)
    if status == 408:
        return Failure(Outcome.TIMED_OUT, "The server gave the request up (status 408).", True, wait, True)
    if status >= 500:
        passes = status not in (501, 505)
        return Failure(Outcome.SERVER_ERROR, f"The server failed (status {status}).", passes, wait, True)
    return _of_rejection(error, status, code)


def _of_rejection(error: APIStatusError, status: int, code: str | None) -> Failure:
    if status in (401, 403):
        return Failure(Outcome.REJECTED, f"The server did not accept the key (status {status}).", is_fault=True)
    if status == 404:
        return Failure(
            Outcome.REJECTED, "The server knows no such model, or no such address (status 404).", is_fault=True
        )
    if 300 <= status < 400:
        detail = f"The server sends requests on to another address (status {status}), which is not followed."
        return Failure(Outcome.REJECTED, detail, is_fault=True)
    if code == _TOO_LONG or status == 413:
        return Failure(Outcome.REJECTED, f"The request is too long for the model (status {status}).")
    detail = f"The server could not read the request (status {status})."
    return Failure(Outcome.REJECTED, detail, parameter=error.param if status in (400, 422) else None)


def _of_connection(error: Exception) -> Failure:
    import httpx2
    from openai import APITimeoutError

    for each in _chain(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return Failure(Outcome.UNREACHABLE, "The server's certificate is not trusted; see ca_file.", is_fault=True)
        if isinstance(each, httpx2.PoolTimeout):
            return Failure(Outcome.BUSY, "All connections to the server were in use.")
        if isinstance(each, httpx2.ConnectTimeout):
            return Failure(Outcome.UNREACHABLE, "The server did not take the connection in time.", True, None, True)
        if isinstance(each, httpx2.ConnectError):
            return Failure(Outcome.UNREACHABLE, "The server cannot be reached.", True, None, True)
        if isinstance(each, (httpx2.TimeoutException, APITimeoutError)):
            return Failure(Outcome.TIMED_OUT, "The server did not reply in time.", True, None, True, True)
    return Failure(Outcome.UNREACHABLE, "The server broke the connection off.", True, None, True, True)


def _is_transport_error(error: Exception) -> bool:
    import httpx2

    return isinstance(error, httpx2.HTTPError)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(20):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
