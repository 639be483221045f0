"""OpenTelemetry spans for the stages of ragkit: off unless the deployment switches them on, and then without content.

``tracing`` opens the span of a whole question (or ingest); ``stage`` opens a span for a step inside it, wherever in the
house that step is, and does nothing at all where no question is being traced. ragkit only makes spans, through
``opentelemetry-api``; the application that runs it decides where they go.

An error leaves its class on the span, never its message or its traceback: both may repeat the question.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from contextvars import ContextVar, Token, copy_context
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from ragkit.errors import SettingsError
from ragkit.telemetry.attributes import AttributeValue, Operation, StageKind, named

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer

Item = TypeVar("Item")
Result = TypeVar("Result")

_active: ContextVar[_Tracing | None] = ContextVar("ragkit_tracing", default=None)


class TracingSettings(Protocol):
    """What of the deployment's telemetry settings counts here."""

    @property
    def spans(self) -> bool:
        """Whether spans are made."""
        ...

    @property
    def content(self) -> bool:
        """Whether the question and the answer may stand on them."""
        ...


class Stage:
    """A step that is not traced; its subclass is one that is. Usable as a with-block, once."""

    __slots__ = ()

    def set(self, **known: AttributeValue | None) -> None:
        """Notes what is known of the step, by the keys of ``ragkit.telemetry.attributes.ATTRIBUTES``."""

    def fail(self, reason: str) -> None:
        """Marks the step as failed; ``reason`` is one word or a class name, never words of question or answer."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


_UNTRACED = Stage()


def tracing(
    settings: TracingSettings,
    name: str,
    kind: StageKind = StageKind.CHAIN,
    *,
    clean: Callable[[str], str],
    **known: AttributeValue | None,
) -> Stage:
    """The span of a whole question, search or ingest, to be used in a with-block; steps inside it become its children.

    Args:
        settings: whether there are spans, and whether with content.
        name: "ask"; the span is called "ragkit.ask".
        kind: what kind of work it is.
        clean: takes patient identifiers out of a text; every attribute with content goes through it.
        known: first attributes.

    Raises:
        SettingsError: spans are wanted and opentelemetry-api is not installed.
    """
    if not settings.spans:
        return _UNTRACED
    return _Traced(_Tracing(_tracer(), settings.content, clean), f"ragkit.{name}", kind, known)


def stage(
    name: str,
    kind: StageKind = StageKind.CHAIN,
    *,
    operation: Operation | None = None,
    **known: AttributeValue | None,
) -> Stage:
    """The span of one step, to be used in a with-block; nothing where no question is being traced.

    Args:
        name: "retrieve"; the span is called "ragkit.retrieve".
        kind: what kind of work it is.
        operation: as the GenAI conventions name it.
        known: first attributes.
    """
    active = _active.get()
    if active is None:
        return _UNTRACED
    return _Traced(active, f"ragkit.{name}", kind, known | {"operation": operation})


def model_request(model: str, *, azure: bool = False, **known: AttributeValue | None) -> Stage:
    """The span of asking one language model, retries included, named as the GenAI conventions want it ("chat gpt-x").

    Args:
        model: as the deployment names it.
        azure: Azure OpenAI's interface, not OpenAI's.
        known: first attributes.
    """
    active = _active.get()
    if active is None:
        return _UNTRACED
    first = known | {"operation": Operation.CHAT, "model": model, "api": "azure.ai.openai" if azure else "openai"}
    return _Traced(active, f"chat {model}", StageKind.LLM, first, outgoing=True)


def outgoing_headers(*, on_premises: bool) -> dict[str, str]:
    """The headers that let a language model's server go on with the trace (W3C ``traceparent``).

    They go to servers on premises only. A service outside could tell by them which of its requests belong to one
    question, which is more than it needs to know. ``tracestate`` and baggage, which other software fills, go nowhere.

    Returns:
        No headers where nothing is traced.
    """
    if not on_premises or _active.get() is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return {name: value for name, value in carrier.items() if name == "traceparent"}


def in_own_context(steps: Generator[Item, None, Result]) -> Generator[Item, None, Result]:
    """A generator whose steps run in a context of their own, so that its open spans never show outside of it.

    Without it, a span that is open while a value is handed out would become the parent of whatever the receiver does
    next, and could not be closed where the generator is closed by another thread.
    """
    context = copy_context()
    try:
        while True:
            try:
                item = context.run(next, steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield item
    finally:
        context.run(steps.close)


class _Tracing:
    """How one question is traced."""

    __slots__ = ("clean", "content", "tracer")

    def __init__(self, tracer: Tracer, content: bool, clean: Callable[[str], str]) -> None:
        self.tracer = tracer
        self.content = content
        self.clean = clean

    def attributes(self, known: Mapping[str, AttributeValue | None]) -> dict[str, AttributeValue]:
        attributes = dict(named(known, content=False))
        if self.content:
            everything = dict(named(known, content=True))
            attributes |= {name: self._cleaned(value) for name, value in everything.items() if name not in attributes}
        return attributes

    def _cleaned(self, value: AttributeValue) -> AttributeValue:
        if isinstance(value, str):
            return self.clean(value)
        return [self.clean(str(each)) for each in value] if isinstance(value, (list, tuple)) else value


class _Traced(Stage):
    """A step that is traced."""

    __slots__ = ("_attached", "_known", "_name", "_outer", "_outgoing", "_span", "_tracing")

    def __init__(
        self,
        tracing: _Tracing,
        name: str,
        kind: StageKind,
        known: Mapping[str, AttributeValue | None],
        *,
        outgoing: bool = False,
    ) -> None:
        self._tracing = tracing
        self._name = name
        self._known = {"kind": kind, **known}
        self._outgoing = outgoing
        self._span: Span
        self._attached: Token[Context]
        self._outer: Token[_Tracing | None]

    def set(self, **known: AttributeValue | None) -> None:
        self._span.set_attributes(self._tracing.attributes(known))

    def fail(self, reason: str) -> None:
        from opentelemetry.trace import StatusCode

        self.set(error=reason)
        self._span.set_status(StatusCode.ERROR)

    def __enter__(self) -> Self:
        from opentelemetry import context
        from opentelemetry.trace import SpanKind, set_span_in_context

        self._span = self._tracing.tracer.start_span(
            self._name,
            kind=SpanKind.CLIENT if self._outgoing else SpanKind.INTERNAL,
            attributes=self._tracing.attributes(self._known),
        )
        self._attached = context.attach(set_span_in_context(self._span))
        self._outer = _active.set(self._tracing)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from opentelemetry import context

        if kind is not None and not issubclass(kind, GeneratorExit):
            self.fail(kind.__qualname__)
        with suppress(ValueError):  # a generator that was forgotten ends elsewhere, where nothing was attached
            _active.reset(self._outer)
            context.detach(self._attached)
        self._span.end()


def _tracer() -> Any:
    try:
        from opentelemetry import trace
    except ImportError:
        raise SettingsError(
            "The deployment switches spans on, but OpenTelemetry is not installed: pip install ragkit[telemetry]"
        ) from None
    return trace.get_tracer("ragkit", _version())


@cache
def _version() -> str:
    from importlib.metadata import version

    return version("ragkit")
