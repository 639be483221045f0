"""The invented policies keep what the demonstrations and the end-to-end tests rely on."""

import io
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
import yaml

from ragkit.documents.document import Document, ProblemKind
from ragkit.documents.governance import Status
from ragkit.documents.reader import read_document
from ragkit.documents.sources import iter_sources
from ragkit.evaluation.questions.question import Question, QuestionSet

CORPORA = Path(__file__).parents[2] / "corpora"
NORTHMOOR = CORPORA / "northmoor"
TODAY = date(2026, 11, 24)
REFERENCE = re.compile(r"\b(?:IC|MM|NC|EM|TR|PR|PV|IT|QS|HR|RX|SC|MS|EX)-\d{3}(?:-[GE])?\b")
MEANT_TO_HAVE_PROBLEMS = {
    "system/nursing-care/nc-304-nasogastric-tubes-draft.docx": ProblemKind.STRUCK_TEXT,
    "system/privacy/pv-651-privacy-and-release-of-information.pdf": ProblemKind.HIDDEN_TEXT,
}


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return {file.source: read_document(file) for file in iter_sources([NORTHMOOR])}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rebuilt")
    subprocess.run([sys.executable, CORPORA / "build.py", "--out", out], check=True, capture_output=True)
    return out


def _files(*suffixes: str) -> list[Path]:
    return sorted(path for path in NORTHMOOR.rglob("*") if path.suffix in suffixes)


def _by_number(documents: dict[str, Document]) -> dict[tuple[str | None, str | None], list[Document]]:
    found = defaultdict(list)
    for document in documents.values():
        found[document.governance.site, document.governance.reference_number].append(document)
    return found


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("suffix", [".md", ".html", ".docx", ".pdf"])
def test_each_format_has_at_least_eight_documents(suffix: str) -> None:
    assert len(_files(suffix)) >= 8


def test_there_are_at_least_forty_eight_policies(documents: dict[str, Document]) -> None:
    assert len(_by_number(documents)) >= 48


def test_rebuilding_gives_the_committed_files(rebuilt: Path) -> None:
    built = sorted(path for path in rebuilt.rglob("*") if path.is_file())
    assert [path.relative_to(rebuilt) for path in built] == [
        path.relative_to(NORTHMOOR) for path in _files(".docx", ".pdf", ".html")
    ]
    for path in built:
        committed = NORTHMOOR / path.relative_to(rebuilt)
        # A DOCX is compared part by part: another zlib may pack the same parts into other bytes.
        same = (
            _parts(path) == _parts(committed) if path.suffix == ".docx" else path.read_bytes() == committed.read_bytes()
        )
        assert same, f"{path.relative_to(rebuilt)} differs from its source: run python corpora/build.py"


def test_every_document_is_read_without_a_problem_except_the_two_that_are_meant_to_have_one(
    documents: dict[str, Document],
) -> None:
    for source, document in documents.items():
        kinds = {problem.kind for problem in document.problems}
        if source in MEANT_TO_HAVE_PROBLEMS:
            assert MEANT_TO_HAVE_PROBLEMS[source] in kinds, source
        else:
            assert not kinds, source


def test_every_document_has_a_number_and_a_day_from_which_it_is_in_force(documents: dict[str, Document]) -> None:
    for source, document in documents.items():
        assert document.governance.reference_number is not None, source
        assert REFERENCE.fullmatch(document.governance.reference_number), source
        assert document.governance.effective_date is not None, source


def test_what_the_reader_finds_in_a_built_file_is_what_its_source_says(documents: dict[str, Document]) -> None:
    for path in sorted((CORPORA / "sources").rglob("*.md")):
        source = path.relative_to(CORPORA / "sources").with_suffix("").as_posix()
        meta = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
        governance = documents[source].governance
        for field in (
            "title",
            "reference_number",
            "owner",
            "effective_date",
            "revised_date",
            "review_due",
            "supersedes",
        ):
            assert getattr(governance, field) == meta[field], (source, field)


def test_at_least_eight_policies_have_an_older_version_with_other_numbers(documents: dict[str, Document]) -> None:
    superseded = 0
    for versions in _by_number(documents).values():
        dated = sorted(
            (version for version in versions if version.governance.status is not Status.DRAFT),
            key=lambda version: version.governance.effective_date or date.min,
        )
        if len(dated) == 2 and dated[0].governance.effective_date != dated[1].governance.effective_date:
            old, new = (set(re.findall(r"\d[\d.,]*\S*(?: \w+)?", version.text)) for version in dated)
            assert old - new and new - old, dated[0].source
            superseded += 1
    assert superseded >= 8


def test_four_subjects_have_their_own_policy_at_each_site(documents: dict[str, Document]) -> None:
    subjects = defaultdict(set)
    for document in documents.values():
        if document.governance.site is not None:
            subjects[re.sub(r"-[GE]$", "", document.governance.reference_number or "")].add(document.governance.site)
    assert len(subjects) == 4
    assert all(sites == {"general", "eastfield"} for sites in subjects.values())


def test_documents_are_for_staff_unless_a_folder_or_a_sidecar_says_otherwise(documents: dict[str, Document]) -> None:
    roles = {document.governance.reference_number: document.governance.roles for document in documents.values()}
    special = {number: names for number, names in roles.items() if names != ("staff",)}
    assert special == {
        "RX-901": ("pharmacist", "diversion-team"),
        "SC-902": ("security",),
        "MS-903": ("peer-review",),
        "EX-904": ("executive",),
        "PR-604": ("public",),
        "PR-605": ("public",),
    }


def test_nothing_that_staff_may_read_names_a_restricted_document(documents: dict[str, Document]) -> None:
    for source, document in documents.items():
        if not source.startswith("restricted/"):
            assert not re.search(r"-9\d\d\b", document.text), source


def test_every_policy_that_is_referred_to_exists(documents: dict[str, Document]) -> None:
    numbers = {document.governance.reference_number for document in documents.values()}
    by_family = numbers | {re.sub(r"-[GE]$", "", number or "") for number in numbers}
    for source, document in documents.items():
        assert set(REFERENCE.findall(document.text)) <= by_family, source


def test_the_review_of_two_policies_in_force_is_overdue(documents: dict[str, Document]) -> None:
    newest = {
        number: max(
            (version for version in versions if version.governance.status is Status.ACTIVE),
            key=lambda version: version.governance.effective_date or date.min,
            default=None,
        )
        for (_, number), versions in _by_number(documents).items()
    }
    due = {number: version.governance.review_due for number, version in newest.items() if version is not None}
    assert all(day is not None for day in due.values())
    assert {number for number, day in due.items() if day is not None and day < TODAY} == {"QS-751", "HR-801"}


def test_the_conflicting_pair_gives_two_time_limits_for_the_same_thing(documents: dict[str, Document]) -> None:
    meter = documents["system/nursing-care/nc-306-point-of-care-glucose-testing.html"]
    critical = documents["system/quality-and-safety/qs-752-critical-results.pdf"]
    assert "critical glucose result within 30 minutes" in " ".join(meter.text.split())
    assert "no longer than 60 minutes for every result in Table 1, bedside glucose included" in " ".join(
        critical.text.split()
    )


def test_struck_and_hidden_words_are_kept_out_of_the_text(documents: dict[str, Document]) -> None:
    draft, privacy = (documents[source] for source in MEANT_TO_HAVE_PROBLEMS)
    assert draft.governance.status is Status.DRAFT
    assert "Return the aspirate" not in draft.text
    assert "one extension of 90 days" not in privacy.text
    assert "one extension of 30 days" in " ".join(privacy.text.split())


def test_the_readme_lists_every_document() -> None:
    readme = (CORPORA / "README.md").read_text(encoding="utf-8")
    for path in _files(".md", ".html", ".docx", ".pdf", ".txt"):
        assert f"| {path.relative_to(NORTHMOOR).as_posix()} |" in readme


def test_every_question_of_the_evaluation_quotes_words_that_its_document_holds(documents: dict[str, Document]) -> None:
    for question in _questions():
        assert set(question.forbidden_documents) <= set(documents), question.id
        for gold in question.gold:
            assert gold.quote in " ".join(documents[gold.document].text.split()), question.id
        quotes = " ".join(gold.quote for gold in question.gold)
        for needed in question.must_have:
            assert any(_plain(words) in _plain(quotes) for words in _alternatives(needed)), (question.id, needed)


def test_every_question_of_the_evaluation_has_an_id_of_its_own() -> None:
    ids = [question.id for question in _questions()]
    assert len(set(ids)) == len(ids), {each for each in ids if ids.count(each) > 1}


def _questions() -> list[Question]:
    files = (CORPORA.parent / "eval/northmoor").glob("*.yaml")
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(files)]
    sets = [QuestionSet.model_validate(data) for data in read if data["format"] == "ragkit-questions"]
    return [question for each in sets for question in each.questions]


def _alternatives(needed: str | tuple[str, ...]) -> tuple[str, ...]:
    return (needed,) if isinstance(needed, str) else needed


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z]+|\d+", text.lower()))
