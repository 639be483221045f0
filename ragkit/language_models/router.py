"""All language models of a deployment: asked one after the other until one gives a usable reply, within a deadline."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from itertools import groupby
from random import Random
from threading import Lock

from ragkit.deployment.deployment import Deployment, Zone
from ragkit.egress.policy import EgressPolicy
from ragkit.language_models.base import (
    Attempt,
    ChatReply,
    ChatRequest,
    Completion,
    LanguageModels,
    NoReplyError,
    Outcome,
    UnusableReplyError,
    Value,
)
from ragkit.language_models.budget import Budget, MemoryLedger
from ragkit.language_models.cache import ReplyCache, build_cache
from ragkit.language_models.circuit import CircuitState
from ragkit.language_models.deadline import Deadline
from ragkit.language_models.failures import Failure
from ragkit.language_models.guarded import GuardedProvider
from ragkit.language_models.provider import Provider
from ragkit.language_models.reading import ModelReply
from ragkit.language_models.spending import FileLedger
from ragkit.language_models.tokens import Usage

_NOT_USABLE = "The reply was not of the form that was asked for."
_CONFINED = Failure(Outcome.NOT_PERMITTED, "This question has to stay on premises, and the model is outside.")
_FIRST_SHARE = 0.5  # of the time that is left belongs to the provider that is asked, whoever else may be asked after it


def build_language_models(deployment: Deployment, policy: EgressPolicy) -> LanguageModels:
    """The language models of a deployment. Opens no connection and reads no key.

    Args:
        deployment: providers, breaker and budget.
        policy: where connections may go: ``EgressPolicy.of(deployment)``.

    Raises:
        SettingsError: a file that the deployment names cannot be read, or the cache is to be encrypted without a key.
        EgressError: a provider's address cannot be read.
    """
    cache = build_cache(deployment.cache)
    folder = deployment.cache.folder
    budget = Budget(deployment.budget, FileLedger(folder.expanduser()) if folder else MemoryLedger())
    providers = [
        GuardedProvider(Provider(settings, policy), deployment.breaker, budget) for settings in deployment.providers
    ]
    return Router(providers, budget, cache)


class Router:
    """Chooses who is asked. See ``LanguageModels`` for its methods.

    Providers of the lowest order come first; among those of the same order, chance decides, by their weights.

    Args:
        providers: all of them.
        budget: theirs; closed with them.
        cache: of their replies; closed with them.
        chance: for tests.
    """

    def __init__(
        self,
        providers: Sequence[GuardedProvider],
        budget: Budget,
        cache: ReplyCache | None = None,
        chance: Random | None = None,
    ) -> None:
        self._providers = sorted(providers, key=lambda each: each.settings.order)
        self._budget = budget
        self._cache = cache
        self._chance = chance or Random()
        self._lock = Lock()

    @property
    def fingerprint(self) -> str:
        """Of the providers and their parameters, and of the code that asks them."""
        shown = ("model", "base_url", "kind", "api_version", "order", "weight", "output_tokens", "reply_format")
        parts = [each.settings.model_dump(mode="json", include=set(shown)) for each in self._providers]
        return "models-1:" + sha256(json.dumps([version("ragkit"), parts], sort_keys=True).encode()).hexdigest()[:16]

    @property
    def providers(self) -> Sequence[GuardedProvider]:
        """All providers, in the order of their settings."""
        return tuple(self._providers)

    @property
    def states(self) -> dict[str, str]:
        """The circuit of each provider ("closed", "open" or "half_open"), by the deployment's name."""
        return {each.settings.name: each.circuit.state.value for each in self._providers}

    def complete(
        self, request: ChatRequest, accept: Callable[[str], Value], *, deadline: Deadline, confined: bool
    ) -> Completion[Value]:
        """The first reply that ``accept`` takes; see ``LanguageModels``."""
        chosen, attempts = self._chosen(confined)
        for guarded, kept in self._kept(request, chosen):
            try:
                value = accept(kept.text)
            except UnusableReplyError:
                self._forget(request, guarded)
                continue
            attempt, reply = _from_cache(guarded, kept)
            return Completion(value, reply, (*attempts, attempt))
        for place, guarded in enumerate(chosen):
            ended = guarded.ask(request, deadline, self._own(deadline, chosen[place + 1 :]))
            attempts.append(ended.attempt)
            if ended.reply is None:
                continue
            try:
                value = accept(ended.reply.text)
            except UnusableReplyError:
                attempts[-1] = replace(ended.attempt, outcome=Outcome.UNUSABLE, detail=_NOT_USABLE)
                continue
            self._keep(request, guarded, ended.reply)
            return Completion(value, ended.reply, tuple(attempts))
        raise _no_reply(attempts)

    def stream(
        self,
        request: ChatRequest,
        *,
        deadline: Deadline,
        confined: bool,
        on_attempt: Callable[[Attempt], None],
        accept: Callable[[str], object] | None = None,
    ) -> Iterator[str]:
        """The reply of the first provider that begins to reply; see ``LanguageModels``."""
        chosen, attempts = self._chosen(confined)
        for attempt in attempts:
            on_attempt(attempt)
        for guarded, kept in self._kept(request, chosen):
            if accept is not None and not _takes(accept, kept.text):
                self._forget(request, guarded)
                continue
            on_attempt(_from_cache(guarded, kept)[0])
            yield kept.text
            return
        for place, guarded in enumerate(chosen):
            own = self._own(deadline, chosen[place + 1 :])
            ended = yield from guarded.stream(request, deadline, own, on_attempt)
            attempts.append(ended.attempt)
            on_attempt(ended.attempt)
            if ended.reply is not None:
                if accept is not None and _takes(accept, ended.reply.text):
                    self._keep(request, guarded, ended.reply)
                return
            if ended.has_begun:
                break
        raise _no_reply(attempts)

    def close(self) -> None:
        """Lets go of all connections."""
        for guarded in self._providers:
            guarded.provider.close()
        self._budget.close()
        if self._cache is not None:
            self._cache.close()

    def forget_all(self) -> bool:
        """Throws every kept reply away; see ``LanguageModels``."""
        return self._cache is None or self._cache.forget_all()

    def _kept(
        self, request: ChatRequest, chosen: Sequence[GuardedProvider]
    ) -> Iterator[tuple[GuardedProvider, ModelReply]]:
        """Replies that were kept, of those who may be asked."""
        for guarded in chosen:
            reply = self._cache.find(request, guarded.settings) if self._cache is not None else None
            if reply is not None:
                yield guarded, reply

    def _keep(self, request: ChatRequest, guarded: GuardedProvider, reply: ChatReply) -> None:
        if self._cache is not None:
            usage = Usage(reply.input_tokens, reply.output_tokens)
            self._cache.keep(request, guarded.settings, ModelReply(reply.text, usage))

    def _forget(self, request: ChatRequest, guarded: GuardedProvider) -> None:
        if self._cache is not None:
            self._cache.forget(request, guarded.settings)

    def _chosen(self, confined: bool) -> tuple[list[GuardedProvider], list[Attempt]]:
        """Who may be asked, in order; and the attempts of those who may not."""
        chosen: list[GuardedProvider] = []
        attempts: list[Attempt] = []
        for guarded in self._in_order():
            if guarded.provider.refusal:
                attempts.append(guarded.attempt(Failure(Outcome.NOT_PERMITTED, guarded.provider.refusal)))
            elif confined and guarded.provider.zone is not Zone.ON_PREMISES:
                attempts.append(guarded.attempt(_CONFINED))
            else:
                chosen.append(guarded)
        return chosen, attempts

    def _in_order(self) -> Iterator[GuardedProvider]:
        """A weighted order within each group: P. Efraimidis, P. Spirakis, Information Processing Letters 97 (2006)."""
        for _, group in groupby(self._providers, key=lambda each: each.settings.order):
            with self._lock:
                drawn = [(self._chance.random() ** (1 / each.settings.weight), each) for each in group]
            yield from (each for _, each in sorted(drawn, key=lambda pair: -pair[0]))

    def _own(self, deadline: Deadline, others: Sequence[GuardedProvider]) -> Deadline:
        """By when a provider has to be done, so that there is time for the others.

        They are left the time that they may take, but no more than half of what there is.
        """
        able = [each for each in others if each.circuit.state is not CircuitState.OPEN]
        left = deadline.remaining
        kept = min(left * (1 - _FIRST_SHARE), sum(each.settings.timeout_seconds for each in able))
        return Deadline(deadline.at - kept) if able else deadline


def _takes(accept: Callable[[str], object], text: str) -> bool:
    try:
        accept(text)
    except UnusableReplyError:
        return False
    return True


def _from_cache(guarded: GuardedProvider, kept: ModelReply) -> tuple[Attempt, ChatReply]:
    """A kept reply: nobody is asked, nothing is paid."""
    settings = guarded.settings
    tokens = (kept.usage.input_tokens, kept.usage.output_tokens)
    attempt = Attempt(
        settings.name, settings.model, Outcome.REPLIED, "The reply was kept from before.", from_cache=True
    )
    return attempt, ChatReply(kept.text, settings.name, settings.model, *tokens, from_cache=True)


def _no_reply(attempts: Sequence[Attempt]) -> NoReplyError:
    if not attempts:
        return NoReplyError("No language model is configured.", ())
    told = "; ".join(f"{attempt.provider}: {attempt.outcome.value.replace('_', ' ')}" for attempt in attempts)
    return NoReplyError(f"No language model gave a usable reply ({told}).", tuple(attempts))
