"""Where in a run of text a writer stands: the headings above, and the list that is going on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Flow:
    """Where in a run of text we are: the headings above, and the list that is going on.

    Attributes:
        base_section: headings that hold for the whole run (a table's column, for text inside a cell).
        base_context: blocks that every block of the run needs.
        headings: (level, text) of the headings above, outermost first.
        lead_in: index of the paragraph that introduces the list that is going on, or may follow.
        items: for each list level, the index of the item that is open.
        in_list: a list is going on.
        before: the lead-in and last marker of a list that a paragraph interrupted.
    """

    base_section: tuple[str, ...] = ()
    base_context: tuple[int, ...] = ()
    headings: list[tuple[int, str]] = field(default_factory=list)
    lead_in: int | None = None
    items: dict[int, int] = field(default_factory=dict)
    in_list: bool = False
    before: tuple[int | None, str] = (None, "")
    last_marker: str = ""

    @property
    def section(self) -> tuple[str, ...]:
        """The trail of headings at this place."""
        return self.base_section + tuple(text for _, text in self.headings)


def list_context(flow: Flow, level: int) -> tuple[int, ...]:
    """The blocks that an item of ``level`` needs: the lead-in and the open items above it."""
    lead_in = () if flow.lead_in is None else (flow.lead_in,)
    return lead_in + tuple(index for open_level, index in sorted(flow.items.items()) if open_level < level)


def end_list(flow: Flow) -> None:
    """Ends the list, and remembers it in case it goes on after a paragraph."""
    if flow.in_list:
        flow.before = (flow.lead_in, flow.last_marker)
    flow.in_list = False
    flow.lead_in = None
    flow.last_marker = ""
    flow.items.clear()
