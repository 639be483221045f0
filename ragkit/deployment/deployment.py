"""The deployment: a typed object, written by hospital IT as a TOML file, that says where questions and lines may go.

It is no part of the knowledge base and is never stored in it: the same folder can be used in a hospital's own network
and on a laptop without one. Keys are named here (an environment variable, a file), never written here.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ragkit.deployment.server import ServerSettings


class Profile(StrEnum):
    """Where connections may go."""

    LOCAL = "local"
    """No connection leaves this machine."""
    ON_PREMISES = "on_premises"
    """Only to the hosts that are listed."""
    CLOUD = "cloud"
    """To the hosts that are listed and to the language models that are configured."""
    HYBRID = "hybrid"
    """As cloud, but questions with patient identifiers and internal-only documents stay on premises."""


class Zone(StrEnum):
    """Where a language model runs."""

    ON_PREMISES = "on_premises"
    CLOUD = "cloud"


class ReplyFormat(StrEnum):
    """How a server is asked for JSON."""

    SCHEMA = "schema"
    """By JSON schema (``response_format`` json_schema): OpenAI, Azure OpenAI, vLLM, Ollama, llama.cpp."""
    OBJECT = "object"
    """Any JSON object; the schema stands in the prompt."""
    OBJECT_SCHEMA = "object_schema"
    """As a JSON object whose schema stands beside it (``{"type": "json_object", "schema": ...}``): llama-cpp-python."""
    TEXT = "text"
    """Nothing is asked of the server; the schema stands in the prompt."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProviderSettings(_Part):
    """One language model behind an OpenAI-compatible server.

    Attributes:
        name: what traces, messages and metrics call it.
        model: its name at the server.
        base_url: the server; None for OpenAI's own service.
        kind: "azure" for Azure OpenAI (``base_url`` is the resource's endpoint, ``model`` the deployment's name).
        api_version: Azure OpenAI only.
        zone: where it runs. A loopback address is always on premises.
        key_variable, key_file: where its key stands; neither for a server that wants none.
        order: models of the lowest order are tried first, those of the next one after them.
        weight: how often it comes first among those of the same order.
        timeout_seconds, connect_seconds: for one request, and for reaching the server.
        attempts: how often a request is made in all, where it fails in a way that may pass.
        concurrent: requests at the same time at most.
        output_tokens: the longest reply.
        reply_format: how the server is asked for JSON.
        ca_file: certificates to trust for this server instead of the system's, PEM.
        verify_tls: may be false for a loopback address only.
        input_price, output_price: of a million tokens, in the currency of the budget; 0 where nothing is billed.
    """

    name: str = Field(min_length=1)
    model: str = Field(min_length=1)
    base_url: str | None = None
    kind: Literal["openai", "azure"] = "openai"
    api_version: str | None = None
    zone: Zone = Zone.CLOUD
    key_variable: str | None = None
    key_file: Path | None = None
    order: int = 1
    weight: float = Field(default=1.0, gt=0)
    timeout_seconds: float = Field(default=15.0, gt=0)
    connect_seconds: float = Field(default=3.0, gt=0)
    attempts: int = Field(default=3, ge=1, le=10)
    concurrent: int = Field(default=8, ge=1)
    output_tokens: int = Field(default=1200, ge=16)
    reply_format: ReplyFormat = ReplyFormat.SCHEMA
    ca_file: Path | None = None
    verify_tls: bool = True
    input_price: float = Field(default=0.0, ge=0)
    output_price: float = Field(default=0.0, ge=0)


class GenerationSettings(_Part):
    """How answers are composed.

    Attributes:
        enabled: False shows verbatim lines only, though language models are configured.
        deadline_seconds: for the whole answer. What is not composed by then is shown verbatim.
        lines: how many lines of the policies a model gets at most.
        characters: how long these lines are together at most.
        flag_sensitivity: of questions that the lines answer, the share in which the model says so. The
            defaults are for a model that nobody has measured: its word counts little.
        flag_specificity: of questions that they do not answer, the share in which the model says that they do not.
    """

    enabled: bool = True
    deadline_seconds: float = Field(default=20.0, gt=0)
    lines: int = Field(default=40, ge=1, le=400)
    characters: int = Field(default=12_000, ge=500)
    flag_sensitivity: float = Field(default=0.8, gt=0, lt=1)
    flag_specificity: float = Field(default=0.4, gt=0, lt=1)


class BreakerSettings(_Part):
    """When a language model that fails is left alone for a while.

    Attributes:
        failures: failures in a row that open the circuit.
        pause_seconds: how long it stays open before one request tries again.
    """

    failures: int = Field(default=5, ge=1)
    pause_seconds: float = Field(default=30.0, gt=0)


class BudgetSettings(_Part):
    """What may be spent; None for no limit. Past it, answers are verbatim.

    Attributes:
        tokens_per_answer, tokens_per_day: input and output together.
        cost_per_day: by the prices of the language models.
    """

    tokens_per_answer: int | None = Field(default=None, ge=1)
    tokens_per_day: int | None = Field(default=None, ge=1)
    cost_per_day: float | None = Field(default=None, gt=0)


class CacheSettings(_Part):
    """Replies that are kept, so that the same question on the same lines is not paid for twice.

    Attributes:
        folder: where; None keeps none.
        encrypted: keep them encrypted (AES-GCM); wants ``pip install ragkit[encryption]``.
        key_variable, key_file: where the key stands (32 bytes, base64).
        days: how long a reply is kept.
        megabytes: how much is kept.
    """

    folder: Path | None = None
    encrypted: bool = False
    key_variable: str | None = "RAGKIT_CACHE_KEY"
    key_file: Path | None = None
    days: int = Field(default=30, ge=1)
    megabytes: int = Field(default=200, ge=1)


class TelemetrySettings(_Part):
    """What is told to OpenTelemetry.

    Attributes:
        spans: a span for each stage.
        content: the question and the answer too, identifiers taken out. Off unless this is set as well.
    """

    spans: bool = False
    content: bool = False


class Deployment(_Part):
    """Where ragkit runs. The default opens no connection and knows no language model.

    Attributes:
        profile: where connections may go.
        allowed_hosts: hosts on premises, as "host", "host:port" or "http://host:port"; https is wanted unless http is
            written.
        providers: the language models.
        proxy: carries the requests to language models in the cloud, as "https://host:port" or "http://host:port"; a
            loopback address or one of ``allowed_hosts``. A proxy that the environment names is not used.
        ca_file: certificates of the hospital's own authority, PEM, that are trusted besides the system's.
        server: who may ask through ``ragkit serve`` and ``ragkit mcp --http``, and how much.
    """

    profile: Profile = Profile.LOCAL
    allowed_hosts: tuple[str, ...] = ()
    providers: tuple[ProviderSettings, ...] = ()
    proxy: str | None = None
    ca_file: Path | None = None
    generation: GenerationSettings = GenerationSettings()
    breaker: BreakerSettings = BreakerSettings()
    budget: BudgetSettings = BudgetSettings()
    cache: CacheSettings = CacheSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    server: ServerSettings = ServerSettings()
