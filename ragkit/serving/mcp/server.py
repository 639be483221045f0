"""The protocol's side: what is asked for is looked up, checked, run as the caller, and told in plain sentences."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)
from mcp.types import Tool as ListedTool
from pydantic import ValidationError

from ragkit.access.user import User
from ragkit.errors import DocumentNotFoundError, QuestionError, RagkitError, SettingsError
from ragkit.serving.mcp.arguments import explain
from ragkit.serving.mcp.limits import Admit, unlimited
from ragkit.serving.mcp.resources import URI_TEMPLATE, named_document
from ragkit.serving.mcp.tools import KnowledgeBaseTools, Progress, Tool
from ragkit.serving.mcp.wording import INSTRUCTIONS
from ragkit.serving.places import BusyError

_log = logging.getLogger(__name__)
_TROUBLE = "The knowledge base cannot answer at the moment; the server's log says why. Try again later."
_NO_RESOURCE = "There is no such document that you may see."

Context = ServerRequestContext[Any, Any]
CallerOf = Callable[[Context], User | None]
"""Who makes a request; None for somebody who has not signed in."""


def build_server(tools: KnowledgeBaseTools, caller_of: CallerOf, admit: Admit = unlimited) -> Server[Any]:
    """A server of the Model Context Protocol, not yet connected to anything.

    Args:
        tools: the tools of the knowledge base.
        caller_of: who makes a request. It is asked anew for every request, and what is done is done as that user.
        admit: counts the calls of each user.
    """
    handlers = _Handlers(tools, caller_of, admit)
    return Server(
        "ragkit",
        title="Institutional policies",
        version=version("ragkit"),
        instructions=INSTRUCTIONS,
        get_tool_input_schema=handlers.input_schema,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_resource_templates,
        on_read_resource=handlers.read_resource,
    )


class _Handlers:
    """What answers each request of the protocol."""

    def __init__(self, tools: KnowledgeBaseTools, caller_of: CallerOf, admit: Admit) -> None:
        self._knowledge_base = tools
        self._tools = {tool.name: tool for tool in tools.catalogue()}
        self._caller_of = caller_of
        self._admit = admit

    def input_schema(self, name: str) -> dict[str, Any] | None:
        tool = self._tools.get(name)
        return tool.arguments.model_json_schema() if tool else None

    async def list_tools(self, context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_listed(tool) for tool in self._tools.values()])

    async def call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        tool = self._tools.get(params.name)
        if tool is None:
            raise MCPError(code=INVALID_PARAMS, message="There is no tool of that name; tools/list names them.")
        try:
            user = self._caller_of(context)
            self._admit(user, tool.name)
            arguments = tool.arguments.model_validate(params.arguments or {})
            result, text = await tool.run(arguments, user, _progress(context))
        except ValidationError as error:
            return _failed(explain(error))
        except MCPError:
            raise
        except Exception as error:
            return _failed(_told(error, params.name))
        return CallToolResult(
            content=[TextContent(text=text)], structured_content=result.model_dump(mode="json", by_alias=True)
        )

    async def list_resources(self, context: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(resources=[])  # the tool "documents" lists them, page by page and for a day

    async def list_resource_templates(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        template = ResourceTemplate(
            uri_template=URI_TEMPLATE,
            name="document",
            title="A version of a policy",
            description="The text of a policy's version, as citations and the list of documents name it.",
            mime_type="text/plain",
        )
        return ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(self, context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        named = named_document(str(params.uri))
        if named is None:
            raise MCPError(code=INVALID_PARAMS, message=_NO_RESOURCE)
        try:
            user = self._caller_of(context)
            self._admit(user, "resources/read")
            text = await self._knowledge_base.whole_text(*named, user)
        except DocumentNotFoundError:
            raise MCPError(code=INVALID_PARAMS, message=_NO_RESOURCE) from None
        except MCPError:
            raise
        except Exception as error:
            raise MCPError(code=INTERNAL_ERROR, message=_told(error, "resources/read")) from None
        return ReadResourceResult(contents=[TextResourceContents(uri=params.uri, mime_type="text/plain", text=text)])


def _listed(tool: Tool) -> ListedTool:
    return ListedTool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.result.model_json_schema(mode="serialization"),
        annotations=ToolAnnotations(
            title=tool.title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def _progress(context: Context) -> Progress:
    async def report(done: float, message: str) -> None:
        await context.session.report_progress(done, None, message)

    return report


def _failed(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=sentence)], is_error=True)


def _told(error: Exception, where: str) -> str:
    """The sentence for the caller. What only the operator may know (paths, addresses) goes to the log."""
    if isinstance(error, (QuestionError, SettingsError, DocumentNotFoundError, BusyError)):
        return str(error)
    if isinstance(error, RagkitError):
        _log.warning("%s: %s: %s", where, type(error).__name__, error)
    else:  # its words may repeat the question, so that only its kind and place are kept
        frames = error.__traceback__
        while frames is not None and frames.tb_next is not None:
            frames = frames.tb_next
        place = f"{frames.tb_frame.f_code.co_filename}:{frames.tb_lineno}" if frames else "an unknown place"
        _log.error("%s: %s at %s", where, type(error).__qualname__, place)
    return _TROUBLE
