"""Questions from lists: the lead-in or the heading says what the items are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.documents.document import Block, BlockKind
from ragkit.evaluation.questions.proposals.grammar import instructions, take_apart
from ragkit.evaluation.questions.proposals.proposal import DraftKind, Proposal, Source, figures_in, spoken_title

_FEWEST, _MOST = 2, 14
_LONGEST_LEAD = 24
_KIND_OF_LIST = (
    r"(?:(?:absolute|relative|common|possible|main|general|minimum|specific|exclusion|inclusion|activation|transfer|calling|"
    r"eligibility|discharge|admission|referral|diagnostic)\s)*"
    r"(?:criteri(?:a|on)|indications?|contraindications?|signs?|symptoms|exceptions|exclusions|requirements|"
    r"risk factors|precautions|responsibilities|equipment|supplies|duties|qualifications|goals|objectives|"
    r"side effects|complications|prerequisites|required elements|conditions|priorities)"
)
_NAMED = re.compile(
    rf"^(?P<name>{_KIND_OF_LIST}(?:\s(?:and|or|&)\s{_KIND_OF_LIST})?(?:\s(?:for|of|to|in|with|against)\s.+)?)$",
    re.IGNORECASE,
)
_SINGULAR = frozenset(["equipment", "criterion", "indication", "contraindication", "sign"])
_WHEN = re.compile(
    r"^(?P<what>.+?)(?:,?\s(?:only|instead))?\s(?P<when>when|if|unless|until)"
    r"(?:\s(?:there is|there are|the patient has|the patient is))?"
    r"(?:\s(?:any|one|either|all|both)(?:\s(?:or more))?(?:\sof)?"
    r"(?:\s(?:the following|these))?(?:\s(?:is|are) (?:true|met|present))?)?$",
    re.IGNORECASE,
)
_HAS = re.compile(r"\bthe patient (?:has|is)$", re.IGNORECASE)
_INCLUDES = re.compile(
    r"^(?P<what>.+?)\s(?P<verb>includes?|consists? of|contains?|comprises?|shall include|must include|should include|"
    r"will include|may include)(?:,? but (?:is|are) not limited to)?(?:,? at a minimum)?(?:\sthe following)?$",
    re.IGNORECASE,
)
_DUTY = re.compile(
    r"^(?P<who>[^,;:]{3,60}?)\s(?P<modal>must|shall|should|will|may|may not|must not|shall not)"
    r"(?:\s(?:do|complete|perform|meet))?"
    r"(?:\s(?:all of|the following|all of the following|each of the following))*$",
    re.IGNORECASE,
)
_ARE = re.compile(r"^(?P<what>.+?)\s(?P<be>is|are)(?:\s(?:as follows|the following))?$", re.IGNORECASE)
_FOLLOWING = re.compile(r"\b(?:the\sfollowing|these)\s(?P<noun>[a-z]+(?:\s[a-z]+)?)$", re.IGNORECASE)

_TRANSITIVE = instructions() - {"consider", "call", "make", "put", "set", "turn", "wait", "listen", "refer"}


def list_proposals(source: Source) -> Iterator[Proposal]:
    """The questions of a document's lists with a lead-in, or right under a heading that names them."""
    blocks = source.document.blocks
    led: dict[int, list[Block]] = {}
    for block in blocks:
        if block.kind is BlockKind.LIST_ITEM and block.context:
            led.setdefault(block.context[-1], []).append(block)
    for position, items in led.items():
        lead = source.words(blocks[position])
        if _fits(items) and (asked := _question(source, lead)):
            yield _proposal(source, items, asked, lead, blocks[position])
    yield from _under_headings(source)


def _under_headings(source: Source) -> Iterator[Proposal]:
    """Lists that follow a heading such as "Contraindications" at once."""
    blocks = source.document.blocks
    for position, block in enumerate(blocks):
        if block.kind is not BlockKind.HEADING or not (named := _NAMED.match(spoken_title(source.words(block)))):
            continue
        items = []
        for following in blocks[position + 1 :]:
            if following.kind is not BlockKind.LIST_ITEM or following.context:
                break
            items.append(following)
        if _fits(items):
            yield _proposal(source, items, _named(source, named.group("name")), source.words(block), block, 0.7)


def _fits(items: Sequence[Block]) -> bool:
    return _FEWEST <= len(items) <= _MOST


def _question(source: Source, lead: str) -> str:
    """The question that a lead-in asks, "" where it asks none that can be read off safely."""
    if not lead.endswith(":") and not _NAMED.match(lead):
        return ""
    text = lead.rstrip(" :").rpartition(". ")[2]
    if len(text.split()) > _LONGEST_LEAD:
        return ""
    if named := _NAMED.match(text):
        return _named(source, named.group("name"))
    text = source.lowered(text)
    return _conditions(text) or _forbidden(text) or _with_circumstance(text) or _parts(text) or _duty(text)


def _named(source: Source, name: str) -> str:
    head = re.split(r"\s(?:for|of|to|in|with|against)\s", name)[0].split()[-1].lower()
    return f"What {'is' if head in _SINGULAR else 'are'} the {source.lowered(name)}"


def _conditions(text: str) -> str:
    """Turns "Remove the catheter when:" into "When do you remove the catheter"."""
    if (found := _WHEN.match(_HAS.sub("", text).rstrip())) is None:
        return ""
    what, when = found.group("what"), found.group("when").lower()
    clause = take_apart(what.rpartition(", ")[2] if what.lower().startswith(("in ", "for ")) else what)
    if clause is None:
        return ""
    asking = {"when": "When", "if": "When", "unless": "Unless when", "until": "Until when"}[when]
    return "" if when == "unless" else clause.question(asking)


def _forbidden(text: str) -> str:
    """Turns "Do not give ibuprofen:" into "When must you not give ibuprofen"."""
    found = re.match(r"(?:do not|never)\s(?P<what>[a-z]+\s.{3,60})$", text, re.IGNORECASE)
    return f"When must you not {found.group('what')}" if found and take_apart(found.group("what")) else ""


def _with_circumstance(text: str) -> str:
    """Turns "With fibrinolysis give:" into "What do you give with fibrinolysis"."""
    found = re.match(r"(?P<when>(?:with|after|before|during|for|at)\s[^,:;]{3,50}?),?\s(?P<verb>[a-z]+)$", text, re.I)
    if found is None or found.group("verb") not in _TRANSITIVE:
        return ""
    return f"What do you {found.group('verb')} {found.group('when')}"


def _parts(text: str) -> str:
    """Turns "The report includes:" into "What does the report include"."""
    if found := _INCLUDES.match(text):
        what, verb = found.group("what").rstrip(" ,"), found.group("verb").lower()
        if _bad_subject(what):
            return ""
        modal, _, base = (
            verb.rpartition(" ") if verb.split()[0] in {"shall", "must", "should", "will", "may"} else ("", "", verb)
        )
        if modal:
            return f"What {modal} {what} {base}"
        plural = not verb.split()[0].endswith("s")
        base = verb if plural else f"{verb.split()[0][:-1]} {' '.join(verb.split()[1:])}".strip()
        return f"What {'do' if plural else 'does'} {what} {base}"
    if found := _ARE.match(text):
        what = found.group("what")
        return "" if _bad_subject(what) else f"What {found.group('be').lower()} {what}"
    return ""


def _duty(text: str) -> str:
    """Turns "The nurse must:" into "What must the nurse do"; "Send a sample of these:" -> nothing."""
    if found := _DUTY.match(text):
        who, modal = found.group("who"), found.group("modal").lower()
        auxiliary, _, negation = modal.partition(" ")
        return "" if _bad_subject(who) else f"What {auxiliary} {who} {f'{negation} ' if negation else ''}do"
    clause = take_apart(text)
    if clause is None or clause.auxiliary not in {"do", "does"}:
        return ""
    verb = clause.predicate.split()
    if len(verb) == 1 or _FOLLOWING.search(text):
        following = _FOLLOWING.search(clause.predicate)
        if following:
            return (
                f"Which {following.group('noun')} {clause.auxiliary} {clause.subject} {verb[0]}"
                if len(verb) <= 4
                else ""
            )
        return f"What {clause.auxiliary} {clause.subject} {verb[0]}" if verb[0] in _TRANSITIVE else ""
    return ""


def _bad_subject(what: str) -> bool:
    return (
        len(what.split()) > 14
        or re.match(
            r"(?:this|these|it|they|that|such|there|here|if|when|in|on|at|for|by|to|as|any|some)\b", what, re.IGNORECASE
        )
        is not None
        or re.search(r"[;:]|\b(?:following|who|which|that)\b", what) is not None
    )


def _proposal(
    source: Source, items: Sequence[Block], question: str, lead: str, head: Block, weight: float = 0.65
) -> Proposal:
    start, end = items[0].start, items[-1].end
    shown = lead if len(lead) <= 80 else f"… {lead[-70:]}"
    words = len(question.split())
    return Proposal(
        kind=DraftKind.LIST,
        question=f"{question.strip().rstrip(' ,.')}?",
        category="criteria_list",
        start=start,
        end=end,
        page=items[0].page,
        section=items[0].section,
        must_have=_must_have(source, items),
        pattern=f"the list of {len(items)} items after “{shown}”",
        weight=weight - 0.02 * max(0, words - 14),
    )


def _must_have(source: Source, items: Sequence[Block]) -> tuple[str, ...]:
    """Short items whole; of longer ones what they measure. At most eight."""
    found: list[str] = []
    for item in items:
        words = source.words(item).rstrip(" .;,").removesuffix(" and").removesuffix(" or").rstrip(" ;,")
        if 0 < len(words.split()) <= 5:
            found.append(words)
        else:
            found += figures_in(words)[:1]
    return tuple(dict.fromkeys(found))[:8]
