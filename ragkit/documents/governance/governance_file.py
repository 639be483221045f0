"""What an institution writes beside its documents: the vocabulary of sidecars, folder files and front matter.

docs/governance.md explains it for the people who write these files.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo

from ragkit.documents.governance.classification import classification_of
from ragkit.documents.governance.dates import DateOrder, find_dates
from ragkit.documents.governance.governance import Classification, Status
from ragkit.errors import SettingsError

EVERY_SITE = "all"
"""In ``site``: the document applies to every site, whatever a file further out or the ingest says."""

_ORDERS = {
    "mdy": DateOrder.MONTH_DAY_YEAR,
    "month-day-year": DateOrder.MONTH_DAY_YEAR,
    "mm/dd/yyyy": DateOrder.MONTH_DAY_YEAR,
    "dmy": DateOrder.DAY_MONTH_YEAR,
    "day-month-year": DateOrder.DAY_MONTH_YEAR,
    "dd/mm/yyyy": DateOrder.DAY_MONTH_YEAR,
}


def _text(value: Any) -> Any:
    if isinstance(value, bool | float | list | dict):
        raise ValueError('write it in quotes, so that YAML takes it as text (2.10 would become 2.1): "2.10"')
    if isinstance(value, date | int):
        return str(value)
    if isinstance(value, str) and not value.strip():
        raise ValueError("is blank; leave the line out if there is nothing to say")
    return " ".join(value.split()) if isinstance(value, str) else value


def _names(value: Any) -> Any:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or any(isinstance(item, dict | list | float | bool) for item in items):
        raise ValueError("write a list of names: [nurse, pharmacist]")
    names = tuple(" ".join(str(item).split()) for item in items)
    if not names or not all(names):
        raise ValueError("is empty or names nobody; leave the line out, or name somebody: [nurse, pharmacist]")
    return names


def _day(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    order = (info.context or {}).get("date_order") or DateOrder.MONTH_DAY_YEAR
    found = find_dates(text, order, labelled=True)
    if isinstance(value, bool) or len(found) != 1 or found[0].text != text:
        raise ValueError(f"{value!r} is no date; write it as 2024-10-31")
    day = found[0].last_day if info.field_name == "review_due" else found[0].value
    if day is None:
        raise ValueError(f"there is no day {text}")
    return day


def _status(value: Any) -> Any:
    named = str(value).strip().casefold().replace(" ", "_").replace("-", "_")
    if named not in set(Status):
        raise ValueError(f"{value!r} is none of {', '.join(Status)}")
    return Status(named)


def _order(value: Any) -> Any:
    named = str(value).strip().casefold()
    if named not in _ORDERS:
        raise ValueError(f"{value!r} is neither month-day-year nor day-month-year")
    return _ORDERS[named]


def _classification(value: Any) -> Any:
    return None if value is None else classification_of(value)


Text = Annotated[str | None, BeforeValidator(_text)]
Names = Annotated[tuple[str, ...] | None, BeforeValidator(_names)]
Day = Annotated[date | None, BeforeValidator(_day)]


class SidecarFields(BaseModel):
    """The fields that a sidecar may hold; each is optional."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text = None
    reference_number: Text = None
    owner: Text = None
    approver: Text = None
    site: Text = None
    original_date: Day = None
    effective_date: Day = None
    revised_date: Day = None
    last_reviewed: Day = None
    review_due: Day = None
    retired_date: Day = None
    supersedes: Text = None
    status: Annotated[Status | None, BeforeValidator(_status)] = None
    version: Text = None
    applies_to: Names = None
    audience: Names = None
    roles: Names = None
    classification: Annotated[Classification | None, BeforeValidator(_classification)] = None
    date_order: Annotated[DateOrder | None, BeforeValidator(_order)] = None

    def stated(self) -> dict[str, Any]:
        """The fields that were written, without ``date_order`` and ``default_roles``, which are no governance."""
        values = self.model_dump(exclude_none=True, exclude={"date_order", "default_roles"})
        return {name: values[name] for name in values}


class FolderFields(SidecarFields):
    """The fields that a folder file may hold: those of a sidecar, for every document of the folder, and one more.

    Attributes:
        default_roles: who may read the documents of the folder that name no roles themselves.
    """

    default_roles: Names = None


Fields = TypeVar("Fields", bound=SidecarFields)

FIELDS = tuple(name for name in SidecarFields.model_fields if name != "date_order")


def validate_sidecar(values: Mapping[str, Any], file: str, order: DateOrder | None = None) -> SidecarFields:
    """Checks what a sidecar says.

    Args:
        values: its keys and values.
        file: how to call it in messages.
        order: the folder's date order, used where the sidecar sets none.

    Raises:
        SettingsError: an unknown key (with the one that was probably meant) or a value that cannot be used.
    """
    return _validate(SidecarFields, values, file, order)


def validate_folder_file(values: Mapping[str, Any], file: str) -> FolderFields:
    """Checks what a folder file says; see ``validate_sidecar``."""
    return _validate(FolderFields, values, file, None)


def _validate(model: type[Fields], values: Mapping[str, Any], file: str, order: DateOrder | None) -> Fields:
    given = {str(key): value for key, value in values.items() if value is not None}
    unknown = [key for key in given if key not in model.model_fields]
    if unknown:
        raise SettingsError(_unknown_key(unknown[0], model, file))
    context = {"date_order": order}
    if "date_order" in given:
        context["date_order"] = _ORDERS.get(str(given["date_order"]).strip().casefold())
    try:
        return model.model_validate(given, context=context)
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{file}: {first['loc'][0]}: {reason}. Correct it and ingest again.") from error


def _unknown_key(key: str, model: type[SidecarFields], file: str) -> str:
    if key == "default_roles":
        return f"{file}: default_roles belongs into the folder's ragkit.yaml; a document's own file says roles."
    plain = key.strip().casefold().replace(" ", "_").replace("-", "_")
    close = difflib.get_close_matches(plain, model.model_fields, n=1, cutoff=0.6)
    meant = f" Did you mean {close[0]}?" if close else f" The keys are {', '.join(model.model_fields)}."
    return f"{file}: there is no key {key!r}.{meant}"
