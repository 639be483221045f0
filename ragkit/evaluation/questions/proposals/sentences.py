"""Questions from single sentences: time limits, definitions, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragkit.answering.patterns import DURATION
from ragkit.evaluation.questions.proposals.grammar import take_apart
from ragkit.evaluation.questions.proposals.proposal import (
    DraftKind,
    Proposal,
    Sentence,
    Source,
    figures_in,
    spoken_title,
)

_SPAN = DURATION.pattern
_EVENT = (
    r"(?P<event>\s(?:of|after|from|following)\s[^,;:.()]{3,60}?)?"
    r"(?=\s(?:but|if|unless|when|by)\b|[,;:.(]|$)"
)
_DEADLINE = re.compile(
    rf"(?P<phrase>\b(?:within|no later than|not later than|no more than)\s(?:the\s(?:first|next)\s)?"
    rf"(?P<span>{_SPAN}){_EVENT})",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    rf"(?P<phrase>\b(?:at least\s|no less than\s)?(?P<span>(?:every|once every|once each|once per)\s"
    rf"(?:{_SPAN}|(?:other\s)?(?:day|shift|hour|week|month|year|quarter|morning)\b)|"
    r"(?:once|twice|three times|four times)\s(?:a|per|each|every)\s(?:day|shift|week|month|year|hour)\b))",
    re.IGNORECASE,
)
_LASTING = re.compile(
    rf"(?P<phrase>\bfor\s(?P<span>(?:at least\s|a minimum of\s|up to\s|a maximum of\s)?{_SPAN}))(?!\sof\b)",
    re.IGNORECASE,
)
_TIMES = ((_DEADLINE, "How soon"), (_FREQUENCY, "How often"), (_LASTING, "For how long"))
_CUT = re.compile(r";|\.\s|,\s(?:and|but|or|then|so|which|where|whichever|sooner|unless otherwise)\b|\s\(|:\s")
_SUBORDINATE = re.compile(
    r"\b(?:when|if|until|unless|who|that|which|because|while|whose)\b|\b(?:and|or|but|than|to)$", re.IGNORECASE
)
_CLAUSE = re.compile(r"\b(?:is|are|must|shall|will|may|should)\b", re.IGNORECASE)
_ADVERB = re.compile(r"\b(?:hourly|daily|weekly|monthly|quarterly|annually|yearly|periodically)\b", re.IGNORECASE)
_COUNT = re.compile(r"\s\(\d+\)")
_SHORTEST, _LONGEST = 5, 36
_QUESTION_WORDS = 22

_DEFINED = re.compile(
    r"^(?:the term\s)?[\"“]?(?P<term>[A-Za-z][^\"”:.;,()]{1,60}?)[\"”]?\s?(?:\([A-Z]{2,8}\)\s)?"
    r"(?:shall\smeans?|means|mean|is\sdefined\sas|are\sdefined\sas|refers\sto)\s(?P<definition>.{15,})$",
    re.IGNORECASE,
)
_GLOSSARY = re.compile(r"^[\"“]?(?P<term>[A-Z][^\"”:.;]{1,60}?)[\"”]?\s?(?::|–|—|\s-)\s?(?P<definition>\S.{24,})$")
_DEFINITIONS_SECTION = re.compile(r"\b(?:definition|glossary|terms|terminology)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(?:as (?:defined|described|specified|identified) (?:in|by)|see)\b", re.IGNORECASE)
_NO_TERM = re.compile(
    r"^(?:section|part|not|a|an|this|that|these|those|it|which|he|she|they|note|example|exception|and|or|if|when|any|all|for|in|"
    r"the following|see|purpose|policy|procedure|authority|scope)\b|"
    r"\b(?:is|are|must|shall|may|will|should|has|have|by any|other|that|term)\b",
    re.IGNORECASE,
)

_PEOPLE = (
    r"nurses?|physicians?|doctors?|providers?|pharmacists?|technicians?|therapists?|practitioners?|assistants?|residents?|"
    r"students?|interns?|supervisors?|managers?|coordinators?|committees?|directors?|officers?|administrators?|"
    r"employees?|staff|personnel|members?|paramedics?|EMTs?|AEMTs?|MICNs?|leaders?|teams?|chiefs?|agenc(?:y|ies)|"
    r"hospitals?|department|service|anesthesiologists?|surgeons?|specialists?|clinicians?|midwi(?:fe|ves)|dietitians?|"
    r"parents?|guardians?|surrogates?|agents?|security|pharmacy|laboratory|witness(?:es)?|operators?|clerks?|"
    r"board|council|designees?|preceptors?|liaisons?|representatives?|responders?|crews?|trainees?|candidates?"
)
_MORE = r"(?:a |the |an )?[\w’' -]{2,30}?"
_WHO = (
    rf"(?P<who>(?:the|a|an|any|each|every|all|two|one)?\s?(?:[\w/’'-]+\s){{0,6}}?(?:{_PEOPLE})"
    rf"(?:\s(?:on (?:call|duty)|in charge|or {_MORE}|and {_MORE}|of {_MORE}))?)"
)
_ONLY = re.compile(
    rf"^only\s{_WHO}\s(?:may|can|is allowed to|are allowed to|is permitted to|are permitted to)\s(?P<what>.+)$",
    re.IGNORECASE,
)
_MAY = re.compile(rf"^{_WHO}\smay\s(?!not\b|consider\b|be\b|have\b|also\b|only\b|need\b)(?P<what>.+)$", re.IGNORECASE)
_RESPONSIBLE = re.compile(
    rf"^{_WHO}\s(?:is|are|shall be|will be|remains)\s"
    r"(?P<role>responsible for|authorized to|accountable for|permitted to)\s(?P<what>.+)$",
    re.IGNORECASE,
)
_DONE_BY = re.compile(
    r"^(?P<what>[^,;:()]{3,60}?)\s(?P<be>is|are|must be|shall be|should be|will be|may be)\s(?P<done>(?:only\s)?"
    r"(?:[a-z]{2,}ed|given|made|led|done|taken|drawn|read|broken|written|chosen|held|kept|sent|seen|put|set))\s"
    rf"(?:only\s)?by\s{_WHO}(?=[,;.]|\s(?:within|after|before|if|when|with|at|in|on|who|for|using|during|and)\b|$)",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"\b(?:that|which|who|to)\b|^(?:no|neither|nor|none|this|that|these|those|such|for|in|at|on|by|with|of|after|before|during|from|to|as|if|when|and|or|it|other)\b",
    re.IGNORECASE,
)
_AND_THEN = re.compile(r"\sand\sthen\s")
_ARTICLE = re.compile(r"^(?:the|a|an|any|each|every|all|only)\s", re.IGNORECASE)


def sentence_proposals(source: Source) -> Iterator[Proposal]:
    """The questions of a document's single sentences."""
    for sentence in source.sentences():
        text = sentence.text.rstrip(" .;")
        words = len(text.split())
        if words > _LONGEST or words < _SHORTEST or sentence.text.endswith((":", "?")):
            continue
        yield from _definition(source, sentence, text)
        if not sentence.text.endswith((".", ";")):
            continue  # cut short by the layout of its page, or no sentence
        yield from _who_may(source, sentence, text)
        yield from _time_limit(source, sentence, text)


def _time_limit(source: Source, sentence: Sentence, text: str) -> Iterator[Proposal]:
    """Turns "The site is assessed every 4 hours" into "How often is the site assessed?"."""
    found = [(match, asking) for pattern, asking in _TIMES for match in pattern.finditer(text)]
    if len(found) != 1 or len(list(DURATION.finditer(text))) > 2:
        return  # several times in one sentence: which one is asked for?
    match, asking = found[0]
    if asking == "How often" and _ADVERB.search(text):
        return
    event = (match.groupdict().get("event") or "").strip()
    before, after = text[: match.start("phrase")].rstrip(" ,("), text[match.end("phrase") :]
    after = after[: cut.start()] if (cut := _CUT.search(after)) else after
    if not before:  # "Within 24 hours of admission, the nurse ..."
        before, after = after.lstrip(" ,"), ""
    if _CUT.search(before) or _SUBORDINATE.search(before):
        return
    clause = take_apart(source.lowered(before))
    if clause is None or re.match(r"\d|not\b", clause.predicate) or _CLAUSE.search(event):
        return
    question = clause.question(_about_event(asking, event), f"{clause.predicate}{after}")
    if _refers_back(question):
        return
    yield _proposal(source, sentence, DraftKind.TIME_LIMIT, question, "time_limit", _spoken(text, match),
                    f"a sentence with a time: “{match.group('phrase').strip()}”", 0.7)  # fmt: skip


def _about_event(asking: str, event: str) -> str:
    """Turns "of admission" into "How soon after admission"."""
    if not event or asking != "How soon":
        return asking
    preposition, _, what = event.partition(" ")
    return f"{asking} {'after' if preposition.lower() in {'of', 'from', 'following'} else preposition} {what}"


def _spoken(text: str, match: re.Match[str]) -> tuple[str, ...]:
    return (match.group("span").strip(),)


def _definition(source: Source, sentence: Sentence, text: str) -> Iterator[Proposal]:
    """Turns "X means ..." into "What is meant by X?"; in a section of definitions also "X: ..."."""
    found = _DEFINED.match(text)
    if found is None and any(_DEFINITIONS_SECTION.search(heading) for heading in sentence.block.section[-2:]):
        found = _GLOSSARY.match(text)
    if found is None:
        return
    if _ELSEWHERE.search(found.group("definition")):
        return
    term = found.group("term").strip(" -–")
    if _NO_TERM.search(term) or len(term.split()) > 7 or not any(map(str.islower, term + "a")):
        return
    yield _proposal(source, sentence, DraftKind.DEFINITION, f"What is meant by “{term}”", "definition",
                    figures_in(found.group("definition"))[:2], f"the definition of “{term}”", 0.8)  # fmt: skip


def _who_may(source: Source, sentence: Sentence, text: str) -> Iterator[Proposal]:
    """Turns "Only a physician may order it" into "Who may order it?"."""
    for pattern, weight in ((_ONLY, 0.8), (_MAY, 0.55), (_RESPONSIBLE, 0.6), (_DONE_BY, 0.65)):
        if (found := pattern.match(text)) is None:
            continue
        groups = found.groupdict()
        what = _COUNT.sub("", groups["what"])
        what = what[: cut.start()] if (cut := _CUT.search(what) or _AND_THEN.search(what)) else what
        who = _ARTICLE.sub("", groups["who"].strip())
        if pattern is _DONE_BY:
            clause = take_apart(f"{source.lowered(what)} {groups['be']} {groups['done'].removeprefix('only ')}")
            question = clause.question("By whom") if clause else ""
        elif pattern is _RESPONSIBLE:
            question = f"Who is {groups['role'].lower()} {what}"
        else:
            question = f"Who may {what}"
        if question and not _refers_back(what) and not _NO_PERSON.search(who):
            yield _proposal(source, sentence, DraftKind.WHO_MAY, question, "who_may", (who,),
                            f"a sentence that says who: “{who}”", weight)  # fmt: skip
        return


def _refers_back(text: str) -> bool:
    return (
        re.search(r"\b(?:it|them|this|these|those|such|they|their|his|her|above|the following)\b", text, re.IGNORECASE)
        is not None
    )


def _proposal(
    source: Source, sentence: Sentence, kind: DraftKind, question: str, category: str, must_have: tuple[str, ...],
    pattern: str, weight: float,
) -> Proposal:  # fmt: skip
    words = len(question.split())
    return Proposal(
        kind=kind,
        question=f"{question.strip().rstrip(' ,.')}?",
        category=category,
        start=sentence.start,
        end=sentence.end,
        page=source.document.page_at(sentence.start),
        section=sentence.block.section,
        must_have=must_have,
        pattern=f"{pattern}, under “{spoken_title(sentence.block.section[-1])}”" if sentence.block.section else pattern,
        weight=weight - 0.02 * max(0, words - 14) - (1.0 if words > _QUESTION_WORDS else 0.0),
    )
