"""A small invented hospital with two sites, restricted and superseded policies, and questions about them."""

from pathlib import Path

import yaml

POLICIES = {
    "ports.txt": """Flushing of implanted ports
Policy number: P-101
Version: 2
Effective date: 2026-01-01

1. Flushing
Flush an implanted port with 20 mL of saline every 28 days when it is not in use.

Do not use a syringe smaller than 10 mL for an implanted port.
\f
2. Blocked ports
Do not flush a blocked implanted port with force. Call the vascular access nurse.

Give alteplase 2 mg into a blocked implanted port and wait 30 minutes.
\f
3. Needles
Change the port needle every 7 days.
""",
    "ports-2021.txt": """Flushing of implanted ports
Policy number: P-101
Version: 1
Effective date: 2021-01-01

1. Flushing
Flush an implanted port with 10 mL of saline every 14 days when it is not in use.

Change the port needle every 5 days.
""",
    "falls.md": """---
title: Prevention of falls
reference_number: N-205
version: '1'
effective_date: 2025-03-01
---
# Prevention of falls

## 1. Assessment

Assess the risk of falling within 8 hours of admission and after every fall.

## 2. After a fall

After an unwitnessed fall check the pupils every 15 minutes for 2 hours.

Do not move the patient before a physician has examined the neck.

## 3. Bed rails

Bed rails are never used as a restraint.
""",
    "potassium.md": """---
title: Potassium replacement in adults
reference_number: M-310
version: '1'
effective_date: 2025-06-01
---
# Potassium replacement in adults

## 1. Intravenous potassium

Run intravenous potassium at no more than 10 mmol per hour on the wards.

Undiluted potassium must never be given.

## 2. Monitoring

Measure potassium again 2 hours after the infusion has ended.
""",
}
SITE_FACTS = {
    "riverside": {
        "extension": 4100,
        "minutes": 45,
        "scan": 20,
        "page": 11,
        "beds": 6,
        "nurse": 2,
        "hours": 24,
        "glucose": 60,
    },
    "hilltop": {
        "extension": 7200,
        "minutes": 60,
        "scan": 25,
        "page": 13,
        "beds": 4,
        "nurse": 3,
        "hours": 48,
        "glucose": 70,
    },
}
STROKE = """---
title: Stroke alert
reference_number: E-{extension}
version: '1'
effective_date: 2025-01-01
site: {site}
---
# Stroke alert

Call extension {extension} for a stroke alert.

The door to needle time for thrombolysis is at most {minutes} minutes.

The scan of the head begins within {scan} minutes of arrival.

The neurologist answers the page within {page} minutes.

The stroke unit has {beds} monitored beds.

One nurse cares for {nurse} patients on the stroke unit.

Blood pressure is recorded for {hours} hours after thrombolysis.

Treat a glucose below {glucose} before thrombolysis.
"""
AT_BOTH_SITES = {
    "Which extensions do the sites call for a stroke alert?": "Call extension {extension} for a stroke alert.",
    "What is the door to needle time at each site?": "The door to needle time for thrombolysis is at most {minutes}",
    "When does the scan of the head begin at each site?": "The scan of the head begins within {scan} minutes",
    "How fast does the neurologist answer the page at each site?": "The neurologist answers the page within {page}",
    "How many monitored beds has each stroke unit?": "The stroke unit has {beds} monitored beds.",
    "How many patients has one nurse on each stroke unit?": "One nurse cares for {nurse} patients on the stroke unit.",
    "How long is blood pressure recorded at each site?": "Blood pressure is recorded for {hours} hours",
    "Below which glucose is treated before thrombolysis at each site?": "Treat a glucose below {glucose}",
}
RESTRICTED = """---
title: Diversion of controlled substances
reference_number: R-901
version: '1'
effective_date: 2025-01-01
roles: [pharmacist]
---
# Diversion of controlled substances

The pharmacy director opens a diversion investigation within 24 hours of a suspicion.

Interviews in a diversion investigation are held by 2 persons.
"""


def _asked(number, question, document, quote, **more):
    gold = [{"document": document, "quote": quote}] if quote else []
    fields = {"id": f"q{number:02}", "question": question, "category": "answerable" if quote else "silent"}
    return fields | {"answerable": bool(quote), **({"gold": gold} if gold else {}), **more}


def questions():
    rows = [
        (
            "How much saline flushes an implanted port?",
            "ports.txt",
            "Flush an implanted port with 20 mL of saline",
            ["20 mL"],
        ),
        ("How often is an implanted port flushed when it is not in use?", "ports.txt", "every 28 days", ["28 days"]),
        (
            "Which syringe size must not be used for an implanted port?",
            "ports.txt",
            "Do not use a syringe smaller than 10 mL",
            ["10 mL"],
        ),
        (
            "May I flush a blocked implanted port with force?",
            "ports.txt",
            "Do not flush a blocked implanted port with force.",
            ["not flush"],
        ),
        (
            "What is the alteplase dose for a blocked implanted port?",
            "ports.txt",
            "Give alteplase 2 mg into a blocked implanted port",
            ["2 mg"],
        ),
        ("How often is the port needle changed?", "ports.txt", "Change the port needle every 7 days.", ["7 days"]),
        (
            "When is the risk of falling assessed?",
            "falls.md",
            "Assess the risk of falling within 8 hours of admission",
            ["8 hours"],
        ),
        (
            "How often are the pupils checked after an unwitnessed fall?",
            "falls.md",
            "check the pupils every 15 minutes for 2 hours",
            ["15 minutes"],
        ),
        (
            "May the patient be moved after a fall before a physician has examined the neck?",
            "falls.md",
            "Do not move the patient before a physician has examined the neck.",
            ["not move"],
        ),
        ("Are bed rails used as a restraint?", "falls.md", "Bed rails are never used as a restraint.", ["never"]),
        (
            "How fast may intravenous potassium run on the wards?",
            "potassium.md",
            "no more than 10 mmol per hour on the wards",
            ["10 mmol"],
        ),
        ("May undiluted potassium be given?", "potassium.md", "Undiluted potassium must never be given.", ["never"]),
        (
            "When is potassium measured again after the infusion?",
            "potassium.md",
            "Measure potassium again 2 hours after the infusion has ended.",
            ["2 hours"],
        ),
    ]
    found = [
        _asked(number, question, document, quote, must_have=must)
        for number, (question, document, quote, must) in enumerate(rows, start=1)
    ]
    for number, (site, facts) in enumerate(SITE_FACTS.items(), start=20):
        for place, words in enumerate(list(AT_BOTH_SITES.values())[:2]):
            what = (
                "Which extension do I call for a stroke alert?",
                "What is the door to needle time for thrombolysis?",
            )
            quote, must = words.format(**facts), [str(facts[("extension", "minutes")[place]])]
            found.append(
                _asked(number + 10 * place, what[place], f"{site}/stroke.md", quote, site=site, must_have=must)
            )
    for number, (question, words) in enumerate(AT_BOTH_SITES.items(), start=70):
        spans = [{"document": f"{at}/stroke.md", "quote": words.format(**facts)} for at, facts in SITE_FACTS.items()]
        both = _asked(number, question, "both", "both") | {"gold": spans, "all_gold_needed": True, "category": "both"}
        found.append(both)
    secret = "The pharmacy director opens a diversion investigation within 24 hours of a suspicion."
    who = "Who opens a diversion investigation?"
    found += [
        _asked(40, who, "restricted.md", secret, roles=["pharmacist"], must_have=["pharmacy director"]),
        _asked(41, who, "", "", roles=["staff"], forbidden=["pharmacy director"]),
        _asked(50, "How much saline flushes an implanted port?", "ports-2021.txt", "Flush an implanted port with 10 mL",
               as_of="2023-05-01", must_have=["10 mL"]),
        _asked(60, "What is the dose of heparin for pulmonary embolism?", "", ""),
        _asked(61, "Who waters the plants in the lobby?", "", ""),
        _asked(62, "How long is a urinary catheter left in place?", "", ""),
    ]  # fmt: skip
    return found


MUST_FAIL = [
    {
        "id": "needle-days",
        "question": "q06",
        "statements": [{"text": "Change the port needle every 17 days.", "citations": [1]}],
        "citations": [{"document": "ports.txt", "quote": "Change the port needle every 7 days."}],
        "must_fail": ["answers.complete", "citations.statement_support"],
        "why": "7 days became 17.",
    },
    {
        "id": "rails-allowed",
        "question": "q10",
        "statements": [{"text": "Bed rails are used as a restraint.", "citations": [1]}],
        "citations": [{"document": "falls.md", "quote": "Bed rails are never used as a restraint."}],
        "must_fail": ["citations.statement_support", "citations.verbatim"],
        "why": "The negation is gone.",
    },
]

GATE = """
[knowledge_base]
documents = ["policies"]
access = "open"

[questions]
files = ["questions.yaml"]
today = 2026-06-01

[run]
cache = "cache"

[gate]
must_fail = ["must-fail.yaml"]
reasked = 8
resamples = 500
critical = ["answers.complete", "answers.quantities_cited", "abstention.answered_unanswerable"]

[gate.floors]
"citations.at_site" = 1.0
"citations.page_right" = 1.0
"citations.verbatim" = 1.0
"citations.statement_support" = 1.0

[gate.margins]
"answers.complete" = 0.02
"abstention.over_refusal" = 0.02
"retrieval.recall@5" = 0.02
"retrieval.ndcg@10" = 0.02
"""


def build(folder: Path) -> Path:
    """Writes the hospital below ``folder``; returns the path of its gate's settings."""
    policies = folder / "policies"
    policies.mkdir(parents=True)
    for name, text in POLICIES.items():
        (policies / name).write_text(text, encoding="utf-8")
    for site, facts in SITE_FACTS.items():
        (policies / site).mkdir()
        (policies / site / "stroke.md").write_text(STROKE.format(site=site, **facts), encoding="utf-8")
    (policies / "restricted.md").write_text(RESTRICTED, encoding="utf-8")
    header = {"format": "ragkit-questions", "version": 1, "name": "small hospital"}
    asked = yaml.safe_dump(header | {"questions": questions()}, sort_keys=False)
    (folder / "questions.yaml").write_text(asked.replace("'2023-05-01'", "2023-05-01"), encoding="utf-8")
    bad = {"format": "ragkit-must-fail", "version": 1, "cases": MUST_FAIL}
    (folder / "must-fail.yaml").write_text(yaml.safe_dump(bad, sort_keys=False), encoding="utf-8")
    (folder / "gate.toml").write_text(GATE, encoding="utf-8")
    return folder / "gate.toml"
