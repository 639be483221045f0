"""A small invented hospital: a policy in two versions, one with pages, one of another site, one for pharmacists."""

from __future__ import annotations

from pathlib import Path

_FLUSHING = """---
reference_number: IV-101
title: Flushing of Peripheral Intravenous Catheters
effective_date: {effective}
---
# Flushing of Peripheral Intravenous Catheters

## Procedure

Flush a peripheral intravenous catheter with {volume} mL of 0.9% sodium chloride every {hours} hours when not in use.

| Catheter | Volume | Lock |
| --- | --- | --- |
| Peripheral | {volume} mL | none |
| Midline | 10 mL | heparin |

## Documentation

Record the date, the time and the appearance of the site in the nursing record after every flush.
"""

_BLOOD = """STORAGE OF BLOOD COMPONENTS

1. STORAGE

Red cells are stored between 1 °C and 6 °C in the monitored blood refrigerator only.

The temperature is read twice a day and written down.
\f
2. RETURN

A unit that has been out of the refrigerator for more than 30 minutes is not returned to stock.
"""

_ALARMS = """---
title: Alarm Escalation at the East Site
---
# Alarm Escalation at the East Site

A cardiac monitor alarm that nobody answers within 2 minutes is escalated to the charge nurse.
"""

_DIVERSION = """---
title: Investigation of Missing Controlled Substances
---
# Investigation of Missing Controlled Substances

A missing ampoule is reported to the pharmacy director within 4 hours of discovery.
"""

QUESTIONS = """\
format: ragkit-questions
version: 1
name: small hospital
today: 2026-06-01
questions:
  - id: flush
    question: How often is a peripheral intravenous catheter flushed when not in use?
    category: time_limit
    answerable: true
    gold:
      - document: flushing.md
        quote: every 8 hours when not in use
        section: Procedure
    must_have: [8 hours]
    forbidden: [every 12 hours]
    forbidden_documents: [archive/flushing-2020.md]
    group: flushing
    variants:
      - kind: typos
        question: how oftn is a periferal intravenous catheter flushed when not in use
  - id: flush-then
    question: How often is a peripheral intravenous catheter flushed when not in use?
    category: superseded_version
    as_of: 2021-01-01
    answerable: true
    gold:
      - document: IV-101
        quote: every 12 hours when not in use
        version: "2020-01-01"
    must_have: [12 hours]
    group: flushing
  - id: blood-return
    question: When is a unit of red cells not returned to stock?
    category: time_limit
    answerable: true
    gold:
      - document: blood
        page: 2
        quote: A unit that has been out of the refrigerator for more than 30 minutes is not returned to stock.
    must_have: [30 minutes]
  - id: alarm
    question: How soon is a cardiac monitor alarm that nobody answers escalated?
    category: time_limit
    site: east
    answerable: true
    gold:
      - document: east/alarms.md
        quote: within 2 minutes is escalated to the charge nurse
    must_have: [2 minutes]
  - id: ampoule
    question: Within how many hours is a missing ampoule reported to the pharmacy director?
    category: restricted
    roles: [pharmacist]
    answerable: true
    gold:
      - document: diversion.md
        quote: within 4 hours of discovery
    must_have: [4 hours]
    group: ampoule
  - id: ampoule-staff
    question: Within how many hours is a missing ampoule reported to the pharmacy director?
    category: restricted
    answerable: false
    forbidden: [4 hours of discovery]
    forbidden_documents: [diversion.md]
    group: ampoule
  - id: parking
    question: How much is visitor parking per day?
    category: unanswerable_out_of_scope
    answerable: false
"""


def write_hospital(folder: Path, *, hours: int = 8) -> Path:
    """The policies, in a folder of their own."""
    files = {
        "ragkit.yaml": "default_roles: [staff]\n",
        "flushing.md": _FLUSHING.format(effective="2024-03-01", volume=5, hours=hours),
        "archive/flushing-2020.md": _FLUSHING.format(effective="2020-01-01", volume=10, hours=12),
        "blood.txt": _BLOOD,
        "east/ragkit.yaml": "site: east\n",
        "east/alarms.md": _ALARMS,
        "pharmacy/ragkit.yaml": "roles: [pharmacist]\n",
        "pharmacy/diversion.md": _DIVERSION,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_evaluation(folder: Path, *, gate: str = "", hours: int = 8) -> Path:
    """Policies, questions and a configuration; the path of the configuration."""
    write_hospital(folder / "policies", hours=hours)
    (folder / "questions.yaml").write_text(QUESTIONS, encoding="utf-8")
    configuration = folder / "gate.toml"
    configuration.write_text(
        '[knowledge_base]\ndocuments = ["policies"]\n\n[questions]\nfiles = ["questions.yaml"]\n\n'
        '[run]\ncache = "cache"\nsearch_depth = 5\n\n[report]\nfolder = "report"\n\n' + gate,
        encoding="utf-8",
    )
    return configuration
