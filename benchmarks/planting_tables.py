"""What the planter puts in the place of what: units, negations, modals, populations, routes, medicines."""

from __future__ import annotations

import re

UNITS = [
    ("mg", "mcg"), ("mcg", "mg"), ("g", "mg"), ("mL", "L"), ("mL", "mg"), ("hours", "minutes"), ("minutes", "hours"),
    ("minutes", "seconds"), ("hours", "days"), ("days", "hours"), ("days", "weeks"), ("weeks", "days"),
    ("months", "years"), ("years", "months"), ("hour", "minute"), ("minute", "hour"), ("day", "week"), ("year",
    "month"),
    ("mg/kg", "mg"), ("mcg/kg", "mg/kg"), ("mL/kg", "mL"), ("units", "mL"), ("kg", "lb"), ("percent", "mg"), ("%",
    " mg"),
    ("mmol", "mg"), ("mEq", "mg"), ("mmHg", "cmH2O"), ("feet", "inches"), ("miles", "feet"), ("business days", "days"),
    ("working days", "days"), ("seconds", "minutes"), ("milligrams", "micrograms"), ("milliliters", "liters"),
    ("h", "min"), ("min", "h"), ("tablets", "mL"), ("drops", "mL"), ("joules", "mA"), ("cm", "mm"), ("liters", "mL"),
]  # fmt: skip
DROP = [
    (r"\bdo not (?=\w)", ""), (r"\bDo not (?=\w)", ""), (r"\bmust not\b", "must"), (r"\bshall not\b", "shall"),
    (r"\bshould not\b", "should"), (r"\bmay not\b", "may"), (r"\bcannot\b", "can"), (r"\bwill not\b", "will"),
    (r"\bis not\b", "is"), (r"\bare not\b", "are"), (r"\bdoes not (\w+)", r"\1s"), (r"\bnever (?=\w)", ""),
    (r"\bNever (?=\w)", ""), (r"\bwithout\b", "with"), (r"\bnot be\b", "be"),
    (r"\bnot (?=allowed|required|permitted)", ""),
    (r"\b[Nn]o (?=[a-z]+ (?:is|are|may|shall|should|must)\b)", "Any "), (r"\bis contraindicated\b", "is indicated"),
    (r"\bprohibited\b", "permitted"), (r"\bnot\b (?!only|limited|exceed|more|less|later|to exceed)", ""),
]  # fmt: skip
ADD = [
    (r"\bmust (?!not)", "must not "), (r"\bshall (?!not)", "shall not "), (r"\bshould (?!not)", "should not "),
    (r"\bmay (?!not)", "may not "), (r"\bcan (?!not)", "cannot "), (r"\bis (?=\w+ed\b)", "is not "),
    (r"\bare (?=\w+ed\b)", "are not "), (r"\bis required to\b", "is not required to"), 
    (r"\bhas to\b", "does not have to"),
    (r"\bwill (?!not)", "will not "), (r"\bis (?!not)", "is not "), (r"\bare (?!not)", "are not "),
]  # fmt: skip
IMPERATIVE = re.compile(
    r"^(?=(?:Give|Administer|Check|Flush|Assess|Document|Notify|Remove|Obtain|Apply|Place|Record|Replace|Discard|Clean|"
    r"Label|Monitor|Start|Stop|Keep|Use|Draw|Repeat|Wear|Report|Transport|Perform|Consider|Call|Establish|Maintain|"
    r"Position)\b)"
)  # fmt: skip
MODAL = {
    "must": ("may", "should"), "shall": ("may", "should"), "is required to": ("may",), "are required to": ("may",),
    "should": ("must", "may"), "ought to": ("must", "may"), "may": ("must", "shall"), "can": ("must",),
    "is allowed to": ("is required to",), "are allowed to": ("are required to",), "has to": ("may", "should"),
    "have to": ("may", "should"), "needs to": ("may",), "is permitted to": ("must",), "are permitted to": ("must",),
    "is recommended": ("is required",), "are recommended": ("are required",), "recommends": ("requires",),
    "is mandatory": ("is optional",), "is required": ("is optional",), "are required": ("are optional",),
}  # fmt: skip
SAME_FORCE = {
    "must": r"must|shall|required?|requires|ha(?:s|ve) to|needs? to|mandatory", "should": r"should|ought|recommend\w*",
    "may": r"may|can|allowed|permitted|could|might",
}  # fmt: skip
"""For each force, what the cited lines have to say so that another one in its place is an error."""
POPULATIONS = [
    ("adult", "pediatric"), ("adults", "children"), ("children", "adults"), ("child", "adult"), ("pediatric", "adult"),
    ("infants", "adults"), ("infant", "adult"), ("newborn", "adult"), ("newborns", "adults"), ("pregnant", "elderly"),
    ("inpatients", "outpatients"), ("outpatients", "inpatients"), ("inpatient", "outpatient"), ("neonate",
    "adolescent"),
    ("neonates", "adolescents"), ("adolescents", "infants"), ("women", "men"), ("men", "women"), ("minors", "adults"),
    ("minor", "adult"), ("elderly", "pediatric"), ("diabetes", "epilepsy"), ("nurse", "pharmacist"), ("nurses",
    "pharmacists"),
    ("physician", "nurse"), ("physicians", "nurses"), ("paramedic", "EMT"), ("paramedics", "EMTs"), ("EMT",
    "paramedic"),
    ("doctor", "pharmacist"), ("pharmacist", "physician"), ("patients", "visitors"), ("Paramedics", "EMTs"),
    ("Patients", "Visitors"), ("Adults", "Children"), ("Children", "Adults"), ("Pediatric", "Adult"), ("Adult",
    "Pediatric"),
    ("employees", "volunteers"), ("staff", "visitors"), ("Paramedic", "EMT"),
]  # fmt: skip
ROUTES = [
    "IV", "IM", "PO", "IN", "IO", "SL", "subcutaneously", "orally", "intravenously", "intramuscularly",
    "rectally", "by mouth", "intranasally", "sublingually", "topically", "inhaled", "nebulized", "oral",
    "intravenous", "intramuscular", "subcutaneous", "rectal", "sublingual", "intranasal", "intraosseous",
]  # fmt: skip
STYLES = (
    ("IV", "IM", "PO", "IN", "IO", "SL"),
    ("subcutaneously", "orally", "intravenously", "intramuscularly", "rectally", "by mouth", "intranasally",
    "sublingually",
     "topically"),
    ("oral", "intravenous", "intramuscular", "subcutaneous", "rectal", "sublingual", "intranasal", "inhaled",
    "nebulized"),
)  # fmt: skip
DRUGS = [
    "fentanyl",
    "morphine",
    "ketamine",
    "midazolam",
    "lorazepam",
    "epinephrine",
    "norepinephrine",
    "amiodarone",
    "lidocaine",
    "adenosine",
    "naloxone",
    "atropine",
    "aspirin",
    "ibuprofen",
    "acetaminophen",
    "ondansetron",
    "albuterol",
    "furosemide",
    "heparin",
    "warfarin",
    "enoxaparin",
    "insulin",
    "hydromorphone",
    "haloperidol",
    "dexamethasone",
    "ceftriaxone",
    "vancomycin",
    "metoprolol",
    "diltiazem",
    "glucagon",
    "dextrose",
]
