"""The KnowledgeBase: the whole pipeline, from a folder of policies to a verified answer, in one place.

A question goes through the house in ``ask``: the reader's scope is resolved (who may see what, what is in force, which
site), the question is understood, passages are retrieved inside that scope, the answerer selects the lines that answer,
and every line is verified before anyone sees it. Each step is one call into its stage.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ragkit.access.catalogue import DocumentRow, find_version, list_documents
from ragkit.access.scope import OTHER_SITE, Scope, resolve_scope
from ragkit.answering.answer import SHOWN, Answer, Citation
from ragkit.answering.evidence_list import evidence_list
from ragkit.answering.extractive import extractive_answer
from ragkit.answering.generation.composer import Composer, build_composer
from ragkit.answering.generative import Compose, compose_answer, stream_answer
from ragkit.answering.groundwork import Groundwork, SearchReport, lay_groundwork
from ragkit.answering.judging import Judge
from ragkit.answering.other_sites import with_other_sites
from ragkit.answering.streaming import Answering, StreamedAnswer, whole
from ragkit.answering.surroundings import with_surroundings
from ragkit.answering.threads import AnsweringThreads
from ragkit.answering.tracing import traced_answering, without_identifiers
from ragkit.conversation.asked_question import AskedQuestion, earlier_questions, read_question
from ragkit.cross_encoder.loading import build_cross_encoder
from ragkit.deployment.deployment import Deployment, TelemetrySettings
from ragkit.deployment.loading import checked_deployment
from ragkit.documents.document import Document
from ragkit.embedding.base import Embedder
from ragkit.errors import DocumentNotFoundError, QuestionError, RagkitError, SettingsError, StoreError
from ragkit.language_models.deadline import Deadline
from ragkit.retrieval.passage import PassageList
from ragkit.retrieval.retriever import Retrieval, Retriever
from ragkit.settings import AccessMode, Settings
from ragkit.store.store import Store
from ragkit.telemetry.attributes import StageKind
from ragkit.telemetry.spans import Stage, tracing

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.chat_engine.types import BaseChatEngine
    from llama_index.core.retrievers import BaseRetriever

    from ragkit.access.user import User
    from ragkit.answering.llama_index import Asking
    from ragkit.ingestion.pipeline import OnProgress, Paths
    from ragkit.ingestion.report import IngestReport
    from ragkit.store.report import CheckReport
    from ragkit.store.rows import VersionRow

_PASSAGES_PER_ANSWER = 20
_SCOPES_IN_MEMORY = 64


class KnowledgeBase:
    """A folder of policies that can be asked.

    Example:
        >>> with KnowledgeBase.open("northmoor.kb", access="open") as kb:                       # doctest: +SKIP
        ...     kb.ingest("corpora/northmoor")
        ...     print(kb.ask("How often is a peripheral IV site assessed?", site="general").text)
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        access: AccessMode,
        embedding: object | None = None,
        deployment: Deployment | None = None,
    ) -> None:
        """Use ``KnowledgeBase.open``."""
        self._store = store
        self._settings = settings
        self._deployment = deployment or Deployment()
        self._access: AccessMode = access
        self._embedding = embedding
        self._resolved = lru_cache(_SCOPES_IN_MEMORY)(self._resolve)
        self._named = lru_cache(1)(self._by_name)
        self._threads = AnsweringThreads(sum(provider.concurrent for provider in self._deployment.providers))

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        access: AccessMode = "enforced",
        settings: Settings | None = None,
        embedding: object | None = None,
        deployment: Deployment | str | os.PathLike[str] | None = None,
        read_only: bool = False,
    ) -> Self:
        """Opens the knowledge base in the folder ``path``, and creates it if it is missing.

        Args:
            path: the folder.
            access: "enforced" denies by default; "open" lets everybody read documents that name no roles, for demos and
                single-user work.
            settings: None for those the knowledge base was made with, or the defaults for a new one. Another embedding
                model or chunk length than what is stored asks for ``rebuild``.
            embedding: a LlamaIndex ``BaseEmbedding`` to embed with, in place of ``settings.embedding_model``. Pass it
                each time the knowledge base is opened.
            deployment: where connections may go and which language models compose answers, or the TOML file that says
                so; None opens no connection and shows verbatim lines. It is not stored: pass it each time.
            read_only: never write.

        Raises:
            SettingsError: ``access`` is neither "enforced" nor "open", or the deployment cannot be used.
            StoreError: the folder cannot be opened, or was made by a newer ragkit.
        """
        if access not in ("enforced", "open"):
            raise SettingsError(f"access is 'enforced' or 'open', not {access!r}.")
        where = checked_deployment(deployment)
        store = Store.open(os.fspath(path), read_only=read_only)
        recorded = store.recorded("settings")
        used = settings or (Settings.model_validate_json(recorded) if recorded else Settings())
        return cls(store, used, access, embedding, where)

    # Putting documents in and taking them out

    def ingest(self, paths: Paths, *, site: str | None = None, on_progress: OnProgress | None = None) -> IngestReport:
        """Reads files, folders and ZIP archives; unchanged files cost nothing, and an interrupted run goes on.

        Args:
            paths: one path or several.
            site: the site of documents whose own governance names none; None for documents of every site.
            on_progress: called after each file with an ``IngestProgress``.

        Returns:
            What became of each file, and what a person should look at.

        Raises:
            DocumentError: a path does not exist.
            StoreLockedError: another process is writing.
        """
        from ragkit.ingestion.pipeline import ingest_sources

        self._rebuild_if_needed()
        with self._span("ingest") as span:
            report = ingest_sources(
                paths,
                store=self._store,
                embedder=self._embedder,
                settings=self._settings,
                site=site,
                on_progress=on_progress,
            )
            span.set(ingested=len(report.ingested), unchanged=len(report.unchanged), failed=len(report.failed))
        self._record_settings()
        return report

    def rebuild(self, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Chunks and embeds what is stored anew under the present settings; embeds only what is not known yet.

        Args:
            on_progress: called with (versions done, versions in all).

        Returns:
            How many document versions were rebuilt.
        """
        from ragkit.ingestion.rebuilding import rebuild

        count = rebuild(self._store, self._embedder, self._settings, on_progress)
        self._record_settings()
        return count

    def remove(self, document_id: str, version: str | None = None) -> int:
        """Takes a document, or one version, out of search and answers; its text stays for old citations.

        Returns:
            How many versions were removed.

        Raises:
            DocumentNotFoundError: there is none of that name.
        """
        return self._store.remove(document_id, version)

    def purge(self, document_id: str, version: str | None = None) -> int:
        """Deletes a document, or one version, for good: text, index, vectors, and its words in wrong-answer reports.

        Replies of language models that were kept, which may repeat them, are deleted too: all of them.

        Returns:
            How many versions were deleted.

        Raises:
            DocumentNotFoundError: there is none of that name.
            StoreError: the kept replies could not be deleted; the document was.
        """
        from ragkit.feedback.wrong_answers import forget_document

        with self._store.writing():
            forget_document(self._store.path, document_id, version)
            count = self._store.purge(document_id, version)
        if self._deployment.cache.folder is not None:
            from ragkit.language_models.cache import forget_replies

            forget_replies(self._deployment.cache)
        return count

    def check(self, *, repair: bool = False) -> CheckReport:
        """Proves that what is stored is whole.

        Args:
            repair: mend what can be mended without the source files, then check again.
        """
        return self._store.repair() if repair else self._store.check()

    # Asking

    def ask(
        self,
        question: str,
        *,
        site: str | None = None,
        user: User | None = None,
        as_of: date | str | None = None,
        previous_questions: Sequence[str] = (),
    ) -> Answer:
        """Answers with the lines of the policy that answer, verified, or says that the documents do not.

        Args:
            question: in the person's own words.
            site: the site to answer for; None searches all sites.
            user: who asks; None for somebody who has not signed in.
            as_of: the day that is asked about (a date or "2026-01-31"); None for today.
            previous_questions: the person's questions before it in the same conversation, oldest first. A question that
                leans on them ("and in children?") is made self-contained; the answer says how it was understood.

        Raises:
            QuestionError: the question is empty, too long, or no text.
            SettingsError: ``as_of`` is no date, or ``site`` is blank.
        """
        deadline = self._deadline()
        asked = (question, site, user, as_of, previous_questions)
        return whole(self._answering(*asked, deadline=deadline, compose=compose_answer))

    def search(
        self,
        question: str,
        *,
        limit: int = 10,
        site: str | None = None,
        user: User | None = None,
        as_of: date | str | None = None,
    ) -> PassageList:
        """The passages that a question finds, best first, under the same filters as ``ask``.

        Args:
            question: a question or search words.
            limit: how many at most.
            site: the site to search for; None searches all sites.
            user: who asks; None for somebody who has not signed in.
            as_of: the day that is asked about; None for today.

        Raises:
            QuestionError: the question is empty, too long, or no text.
            SettingsError: ``as_of`` is no date, or ``site`` is blank.
        """
        self._check_question(question)
        with self._span("search", StageKind.RETRIEVER), self._store.snapshot():
            scope = self._scope(site, user, _day(as_of))
            return PassageList(self._retriever.retrieve(read_question(question).text, scope, limit).passages)

    def ask_stream(self, question: str, **options: Any) -> StreamedAnswer:
        """Yields the verified statements of ``ask``, one by one; nothing where there is no answer.

        Args:
            question: in the person's own words.
            options: as for ``ask``.

        Returns:
            The stream. When all statements have been taken, its ``answer`` (also the generator's value) is the whole
            answer; its ``citations`` are what the statements so far are numbered by.
        """
        citations: list[Citation] = []
        stream = partial(stream_answer, citations=citations)
        answering = self._answering(question, deadline=self._deadline(), compose=stream, citations=citations, **options)
        return StreamedAnswer(answering, citations)

    async def aask(self, question: str, **options: Any) -> Answer:
        """``ask``, in a thread, for asynchronous servers; waiting for one counts towards the deadline."""
        deadline = self._deadline()
        ask = partial(self._answering, question, deadline=deadline, compose=compose_answer, **options)
        return await self._threads.run(lambda: whole(ask()))

    async def asearch(self, question: str, **options: Any) -> PassageList:
        """``search``, in a thread, for asynchronous servers."""
        return await asyncio.to_thread(lambda: self.search(question, **options))

    # Looking around

    def documents(
        self, *, site: str | None = None, user: User | None = None, as_of: date | str | None = None
    ) -> list[DocumentRow]:
        """One row for each document version that the reader may see.

        Args:
            site: only what applies at this site; None for all sites.
            user: who asks; None for somebody who has not signed in.
            as_of: the day on which the status is asked for; None for today.
        """
        day = _day(as_of)
        with self._store.snapshot():
            return list_documents(self._store.versions(), self._scope(site, user, day), day)

    def document(
        self,
        document_id: str,
        version: str | None = None,
        *,
        user: User | None = None,
        as_of: date | str | None = None,
    ) -> Document:
        """A document version with its text, blocks and governance.

        Args:
            document_id: as ``documents`` and the citations name it.
            version: None for the version in force. A version that was removed can still be read by its name.
            user: who asks; None for somebody who has not signed in.
            as_of: the day for "in force"; None for today.

        Raises:
            DocumentNotFoundError: there is none of that name that this reader may see.
        """
        with self._store.snapshot():
            scope = self._scope(None, user, _day(as_of))
            row = find_version(self._store.versions(removed_too=True), scope, document_id, version)
            if row is None:
                wanted = f"version {version!r} of " if version is not None else "version in force of "
                raise DocumentNotFoundError(
                    f"There is no {wanted}{document_id!r} that you may see; documents() lists what there is."
                )
            return self._store.load_document(row.version_key)

    def fingerprint(self) -> str:
        """Names all that an answer depends on besides ragkit's code, the reader and the day.

        Returns:
            64 hexadecimal digits over the texts, blocks, governance and chunks of every searched version, the settings,
            the embedding model, the access mode, the small models that judge lines, and the language models and
            prompts if there are any. It does not depend on when or in which order documents came in.
        """
        digests = []
        with self._store.snapshot():
            for row in self._store.versions():
                parts = [self._store.load_document(row.version_key).model_dump_json(), row.embedding_fingerprint]
                parts += [chunk.model_dump_json() for chunk in self._store.chunks(row.version_key)]
                digests.append(hashlib.sha256("\0".join(parts).encode()).hexdigest())
        models: tuple[str, ...] = () if self._composer is None else (self._composer.fingerprint,)
        models += () if self._judge is None else (self._judge.model.fingerprint,)
        made_with = (self._settings.model_dump_json(), self._embedder.fingerprint, self._access, *models)
        return hashlib.sha256("\0".join((*sorted(digests), *made_with)).encode()).hexdigest()

    @property
    def language_model_states(self) -> dict[str, str]:
        """Each language model by name: asked ("closed"), left alone for a while ("open"), or tried ("half_open").

        Raises:
            RagkitError: the deployment's language models cannot be used as they are set up.
        """
        return {} if self._composer is None else dict(getattr(self._composer.models, "states", {}))

    def report_wrong_answer(self, answer: Answer, reason: str, *, as_asked: bool = False) -> Path:
        """Keeps an answer that somebody found wrong, with their words, in the knowledge base's folder.

        Args:
            answer: as it was shown.
            reason: what is wrong, in the person's words.
            as_asked: keep question and reason as written, patient identifiers included. Without it those that are found
                are taken out of both.

        Returns:
            The file that was written; no gate finds every identifier, so it is as confidential as the question.

        Raises:
            SettingsError: ``reason`` is blank.
            StoreError: the folder cannot be written.
        """
        from ragkit.feedback.wrong_answers import keep_wrong_answer

        return keep_wrong_answer(self._store.path, answer, reason, as_asked=as_asked)

    # In LlamaIndex

    def as_retriever(
        self,
        *,
        limit: int = 10,
        site: str | None = None,
        user: User | None = None,
        as_of: date | str | None = None,
    ) -> BaseRetriever:
        """A LlamaIndex retriever for one reader, one site and one day; the filters stay on."""
        from ragkit.retrieval.llama_index import RagkitRetriever

        return RagkitRetriever(lambda text: self.search(text, limit=limit, site=site, user=user, as_of=as_of))

    def as_query_engine(
        self,
        *,
        streaming: bool = False,
        site: str | None = None,
        user: User | None = None,
        as_of: date | str | None = None,
    ) -> BaseQueryEngine:
        """A LlamaIndex query engine for one reader, one site and one day; the filters stay on.

        Its responses are verified statements with [1] marks, the citations are the source nodes, and
        ``response.metadata["answer"]`` is the whole Answer. With ``streaming`` they come one by one, and source nodes
        and metadata with the last one.
        """
        from ragkit.answering.llama_index import RagkitQueryEngine

        return RagkitQueryEngine(self._asking(site=site, user=user, as_of=as_of), streaming=streaming)

    def as_chat_engine(
        self,
        *,
        chat_history: Sequence[ChatMessage] = (),
        site: str | None = None,
        user: User | None = None,
        as_of: date | str | None = None,
    ) -> BaseChatEngine:
        """A LlamaIndex chat engine for one conversation of one reader, for one site and one day; the filters stay on.

        It takes the conversation's own questions along, never its answers.
        """
        from ragkit.answering.llama_index import RagkitChatEngine

        return RagkitChatEngine(self._asking(site=site, user=user, as_of=as_of), chat_history=chat_history)

    # Opening and closing

    def close(self) -> None:
        """Lets go of the folder, of threads and of connections."""
        self._threads.close()
        if "_composer" in self.__dict__ and self._composer is not None:
            self._composer.models.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Inside

    @property
    def telemetry(self) -> TelemetrySettings:
        """What is told to OpenTelemetry."""
        return self._deployment.telemetry

    def _span(self, name: str, kind: StageKind = StageKind.CHAIN) -> Stage:
        """The span around all that a call does, to be used in a with-block; nothing where spans are off."""
        return tracing(self.telemetry, name, kind, clean=without_identifiers)

    @cached_property
    def _composer(self) -> Composer | None:
        """What answers are composed with; None where that is the documents' own words only."""
        return build_composer(self._deployment)

    def _deadline(self) -> Deadline:
        return Deadline.after(self._deployment.generation.deadline_seconds)

    def _asking(self, **reader: Any) -> Asking:
        """The ways to ask, as one reader, for one site and one day."""
        from ragkit.answering.llama_index import Asking

        return Asking(
            partial(self.ask, **reader),
            partial(self.aask, **reader),
            partial(self.ask_stream, **reader),
            self._threads.run,
        )

    @cached_property
    def _embedder(self) -> Embedder:
        from ragkit.egress.policy import EgressPolicy
        from ragkit.embedding.factory import as_embedder, build_embedder

        if self._embedding is not None:
            return as_embedder(self._embedding)
        return build_embedder(self._settings, EgressPolicy.of(self._deployment))

    @cached_property
    def _retriever(self) -> Retriever:
        return Retriever(self._store, self._embedder, self._settings)

    @cached_property
    def _judge(self) -> Judge | None:
        """What the small models are asked with; None where there are none."""
        model = build_cross_encoder(self._settings)
        return Judge(model, self._settings.judging_seconds) if model is not None else None

    def _scope(self, site: str | None, user: User | None, as_of: date | None) -> Scope:
        return self._resolved(self._store.revision, site, user, as_of, date.today())

    def _resolve(self, revision: int, site: str | None, user: User | None, as_of: date | None, today: date) -> Scope:
        """The scope of a reader at one revision on one day; kept, since the same reader asks again."""
        return resolve_scope(
            self._store.versions(), site=site, user=user, as_of=as_of, access=self._access, today=today
        )

    def _by_name(self, revision: int) -> dict[tuple[str, str], VersionRow]:
        """The catalogue of one revision by document id and version."""
        return {(row.document_id, row.version): row for row in self._store.versions()}

    @traced_answering
    def _answering(
        self,
        question: str,
        site: str | None = None,
        user: User | None = None,
        as_of: date | str | None = None,
        previous_questions: Sequence[str] = (),
        *,
        deadline: Deadline,
        compose: Compose,
        citations: list[Citation] | None = None,
    ) -> Answering:
        """The way of a question: understood and searched in the reader's scope, answered, composed, finished."""
        started = perf_counter()
        earlier = earlier_questions(previous_questions)
        for each in (*earlier, question):
            self._check_question(each)
        asked = self._asked(question, earlier, deadline)
        day = _day(as_of)
        with self._store.snapshot():
            scope = self._scope(site, user, day)
            groundwork, answer = self._extractive(asked.text, scope, day)
        if groundwork is not None and self._composer is not None:  # waits for a language model: no snapshot is held
            answer = yield from compose(groundwork, answer, self._composer, deadline, asked.confined)
            answer = with_surroundings(answer, groundwork.document)
        else:
            if citations is not None:
                citations += answer.citations
            yield from answer.statements
        if answer.status not in SHOWN and scope.left_out.get(OTHER_SITE):
            with self._store.snapshot():
                _, elsewhere = self._extractive(asked.text, self._scope(None, user, day), day)
                named = self._named(self._store.revision)
                answer = with_other_sites(answer, elsewhere, lambda *name: named[name].site, scope)
        timings = {**answer.trace.timings_ms, "total": (perf_counter() - started) * 1000}
        prompts = {**asked.prompts, **answer.trace.prompts}
        traced = {"timings_ms": timings, "identifiers": dict(asked.identifiers), "prompts": prompts}
        trace = answer.trace.model_copy(update=traced)
        shown = {"question": asked.as_asked, "standalone_question": asked.standalone, "trace": trace}
        return answer.model_copy(update=shown)

    def _asked(self, question: str, earlier: Sequence[str], deadline: Deadline) -> AskedQuestion:
        """The question without identifiers and self-contained; a language model is asked where there is one."""
        composer = self._composer
        if composer is None:
            return read_question(question, earlier)
        return read_question(
            question,
            earlier,
            gate=composer.gate,
            models=composer.models,
            deadline=deadline,
            confined=lambda identifiers_found: composer.confinement(identifiers_found, ()).confined,
        )

    def _extractive(self, question: str, scope: Scope, day: date | None) -> tuple[Groundwork | None, Answer]:
        """What is known of a question inside one scope, and the answer in the documents' own words.

        Where the answerer fails, for a technical reason, nothing is known and what the search found is listed.
        """
        retrieval = self._retriever.retrieve(question, scope, _PASSAGES_PER_ANSWER)
        report, load_document = self._search_report(scope, retrieval), self._loader(scope)
        try:
            groundwork = lay_groundwork(
                retrieval.query,
                retrieval.passages,
                load_document=load_document,
                statistics=retrieval.statistics,
                today=day or date.today(),
                report=report,
                judge=self._judge,
            )
            answer = with_surroundings(extractive_answer(groundwork), groundwork.document)
        except RagkitError:
            raise
        except Exception as error:  # whatever it is: a person who asks gets what was found
            return None, evidence_list(retrieval.query, retrieval.passages, report, load_document, error)
        return groundwork, answer

    def _loader(self, scope: Scope) -> Callable[[str, str], Document]:
        """Documents by id and version, of the reader's scope only."""
        named = self._named(self._store.revision)

        def load(document_id: str, version: str) -> Document:
            [key] = {named[document_id, version].version_key} & scope.version_keys
            return self._store.load_document(key)

        return load

    def _search_report(self, scope: Scope, retrieval: Retrieval) -> SearchReport:
        return SearchReport(
            site=scope.site,
            searched=retrieval.statistics.chunk_count,
            filtered=scope.left_out,
            timings_ms=retrieval.timings_ms,
            configuration=self._configuration(),
        )

    def _check_question(self, question: str) -> None:
        longest = self._settings.max_question_characters
        if not isinstance(question, str) or not question.strip():
            raise QuestionError("The question is empty. Ask in a sentence, or name a policy number.")
        if len(question) > longest:
            raise QuestionError(
                f"The question has {len(question):,} characters, more than the {longest:,} allowed. "
                "Ask in a few sentences; documents are read with ingest."
            )
        self._check_model()

    def _check_model(self) -> None:
        stored = self._store.embedding_fingerprint()
        if stored is not None and stored != self._embedder.fingerprint:
            raise StoreError(
                "The stored vectors were made by another embedding model than the settings name. Open the knowledge "
                "base with the settings it was made with, or call rebuild() (`ragkit rebuild`)."
            )

    def _rebuild_if_needed(self) -> None:
        from ragkit.ingestion.rebuilding import needs_rebuild

        if needs_rebuild(self._store, self._embedder, self._settings):
            self.rebuild()

    def _record_settings(self) -> None:
        from ragkit.ingestion.rebuilding import record_fingerprint

        record_fingerprint(self._store, self._embedder, self._settings)
        if self._store.recorded("settings") != self._settings.model_dump_json():
            self._store.record("settings", self._settings.model_dump_json())

    def _configuration(self) -> str:
        """Names the settings, the models and the state of the knowledge base behind an answer."""
        judge = self._judge.model.fingerprint if self._judge else ""
        parts = (self._settings.model_dump_json(), self._embedder.fingerprint, judge, str(self._store.revision))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _day(value: date | str | None) -> date | None:
    if isinstance(value, datetime):  # is a date to Python, but cannot be compared with one
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{value!r} is no date; write it as '2026-01-31'.") from None
