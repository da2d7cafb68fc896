"""The conditions of ``subscribe --where``: equality on fields of a record, dotted names allowed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from pydantic import BaseModel

from schemas.record import Record
from streams.errors import UsageError

REPORT = "report"
"""As a condition's field this names the report itself: by its id or by its title."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A field, as a dotted name such as ``report.genre`` or ``targets.unit``, and the value it must have.

    Of a list one member is enough. Numbers compare as numbers; an empty value or ``null`` means: not given.
    """

    field: str
    value: str

    def holds(self, record: Record) -> bool:
        """Whether the record meets the condition; one without such a field does not."""
        if self.field == REPORT:
            report = getattr(record, REPORT, None)
            return report is not None and self.value in (report.id, report.title)
        return any(_equals(found, self.value) for found in _values(record, self.field.split(".")))


def parsed_conditions(texts: Sequence[str], records: Sequence[type[Record]]) -> list[Condition]:
    """The conditions of the texts ``field=value``; every field must be one of at least one of the record types.

    Raises:
        UsageError: no ``=``, or no such field; lists the fields there are.
    """
    known = sorted({name for record in records for name in field_names(record)})
    conditions = []
    for text in texts:
        field, sign, value = text.partition("=")
        if not sign or not field:
            raise UsageError(f"--where {text!r}: write field=value")
        if field not in known:
            raise UsageError(f"--where: no field {field!r}; there are: {', '.join(known)}")
        conditions.append(Condition(field, value))
    return conditions


def field_names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Dotted names of a model's fields, those of nested models and of lists of models included."""
    for name, field in model.model_fields.items():
        yield prefix + name
        for nested in _models_in(field.annotation):
            yield from field_names(nested, f"{prefix}{name}.")


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _values(value: object, path: Sequence[str]) -> Iterator[object]:
    if isinstance(value, tuple):
        for member in value:
            yield from _values(member, path)
    elif not path:
        yield value
    elif isinstance(value, BaseModel) and path[0] in type(value).model_fields:
        yield from _values(getattr(value, path[0]), path[1:])


def _equals(found: object, wanted: str) -> bool:
    if found is None:
        return wanted in ("", "null")
    if isinstance(found, bool):
        return wanted.lower() == str(found).lower()
    if isinstance(found, Decimal | int | float):
        try:
            return Decimal(wanted) == Decimal(str(found))
        except InvalidOperation:
            return False
    return str(found) == wanted
