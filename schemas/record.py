"""What all records share: frozen, strict about unknown fields, exact about numbers."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema

_set = object.__setattr__


class Record(BaseModel):
    """Base of everything that travels on a topic, and of the parts of it.

    ``schema_name`` and ``schema_version`` (major, minor) go into the header ``ce_dataschema``. A minor step
    only adds optional fields; anything else is a major step.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    schema_name: ClassVar[str] = ""
    schema_version: ClassVar[tuple[int, int]] = (1, 0)

    @classmethod
    def of_valid(cls, **fields: Any) -> Self:
        """The record of all its fields, which are known to be valid: ``model_construct`` at a tenth of its time.

        Raises:
            KeyError: a field is missing; none has a default here.
        """
        if [*fields] != [*cls.__pydantic_fields__]:
            # Fields keep the order of the class, in which most callers give them.
            fields = {name: fields[name] for name in cls.__pydantic_fields__}
        record = cls.__new__(cls)
        # What model_construct sets, without looking for aliases and defaults.
        _set(record, "__dict__", fields)
        _set(record, "__pydantic_fields_set__", {*fields})
        _set(record, "__pydantic_extra__", None)
        _set(record, "__pydantic_private__", None)
        return record

    def written(self) -> bytes:
        """The record as JSON in UTF-8: what ``model_dump_json`` writes by default, without the way over ``str``."""
        return self.__pydantic_serializer__.to_json(self)


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros after the point: 1.20E+6 -> 1200000."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _no_float(value: object) -> object:
    """A binary float has already lost the digits that were written, so it is refused rather than rounded."""
    if isinstance(value, float):
        raise ValueError("must be a string of decimal digits, not a floating-point number")  # noqa: TRY004 -- pydantic wants ValueError
    return value


ExactDecimal = Annotated[
    Decimal,
    BeforeValidator(_no_float),
    Field(allow_inf_nan=False, max_digits=60, decimal_places=30),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
]
"""A number exactly as written; a string in JSON. 60 digits bound what a hostile exponent could unfold to."""

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A name that programs compare: 1 to 200 characters, no control characters."""

Label = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
"""A short text for people, such as a title or a heading."""
