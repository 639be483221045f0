"""What ragkit reads of the governance of a folder of documents, file by file, and how complete it is.

    python benchmarks/reading_governance.py ../shared/data/policies --site-from-folder

Prints a line a file, the problems, the share of files with each field, and every reference number that two files of one
site share: those are taken for versions of one policy, so a wrong one makes a policy in force look superseded.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath

from ragkit.documents.document import Problem
from ragkit.documents.governance import Governance
from ragkit.documents.governance.numbers import number_key
from ragkit.documents.governance.reading import read_governance
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.reader import parse_source
from ragkit.documents.sources import iter_sources

FIELDS = (
    "reference_number",
    "title",
    "original_date",
    "effective_date",
    "revised_date",
    "last_reviewed",
    "review_due",
    "supersedes",
    "approver",
    "owner",
    "applies_to",
    "audience",
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--site-from-folder", action="store_true", help="each top folder is a site")
    options = arguments.parse_args()
    records: list[tuple[str, Governance, tuple[Problem, ...]]] = []
    for file in iter_sources([options.folder]):
        site = PurePosixPath(file.source).parts[0] if options.site_from_folder else None
        try:
            parsed = parse_source(file.read(), file.source)
        except UnreadableDocumentError as error:
            print(f"{file.source}: unreadable: {error.problem.kind}")
            continue
        governance, problems = read_governance(
            parsed, source=file.source, sidecar=file.sidecar, folder_settings=file.folder_settings, site=site
        )
        records.append((file.source, governance, problems))
        print(line_of(file.source, governance))
        for problem in problems:
            print(f"    ! {problem.kind}: {problem.message}")
    summarise(records)


def line_of(source: str, governance: Governance) -> str:
    dates = " ".join(
        f"{letter}={getattr(governance, name) or '-'}" for letter, name in zip("OERLD", FIELDS[2:7], strict=True)
    )
    origins = "".join(governance.origins[name].value[0] for name in FIELDS[:2] if name in governance.origins)
    return (
        f"{source}: [{governance.reference_number}] {governance.title!r} ({origins}) {dates} "
        f"S={governance.supersedes!r} A={governance.approver!r} W={governance.owner!r} {governance.status.value} "
        f"for={','.join(governance.applies_to)} to={','.join(governance.audience)}"
    )


def summarise(records: list[tuple[str, Governance, tuple[Problem, ...]]]) -> None:
    sites = sorted({governance.site or "-" for _, governance, _ in records})
    print()
    for site in [*sites, "all"]:
        of_site = [governance for _, governance, _ in records if site in ("all", governance.site or "-")]
        shares = "  ".join(
            f"{name} {sum(bool(getattr(one, name)) for one in of_site) / len(of_site):.0%}" for name in FIELDS
        )
        print(f"{site}: {len(of_site)} files  {shares}")
    print("problems:", dict(Counter(problem.kind.value for _, _, problems in records for problem in problems)))
    sharing: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for source, governance, _ in records:
        if governance.reference_number:
            sharing[governance.site, number_key(governance.reference_number)].append(source)
    shared = {number: files for number, files in sharing.items() if len(files) > 1}
    print(f"numbers that several files of a site share: {len(shared)}")
    for (site, number), files in shared.items():
        print(f"    {site} {number}: {', '.join(files)}")


if __name__ == "__main__":
    main()
