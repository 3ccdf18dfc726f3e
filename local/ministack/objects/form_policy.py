"""The conditions of a form's policy: what the form may contain, and how large the file may be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.ministack.objects.errors import S3Error, access_denied, entity_too_large, entity_too_small

# Fields that need no condition.
EXEMPT = frozenset({"policy", "x-amz-signature", "file"})
IGNORED_PREFIX = "x-ignore-"
SIZE = "content-length-range"
MAX_DIGITS = 18  # of a size: more than any file has


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """The allowed sizes of the file in bytes."""

    smallest: int = 0
    largest: int = 5 * 1024**3

    def check_largest(self, size: int) -> None:
        """Raise S3Error if the file is too large already."""
        if size > self.largest:
            raise entity_too_large()

    def check(self, size: int) -> None:
        """Raise S3Error for a complete file of another size."""
        self.check_largest(size)
        if size < self.smallest:
            raise entity_too_small()


def check_conditions(policy: Mapping[str, Any], bucket: str, fields: Mapping[str, str]) -> SizeLimits:
    """The size limits of the policy; raises S3Error if a field does not meet it, or is not mentioned in it."""
    conditions = policy.get("conditions")
    if not isinstance(conditions, list):
        raise _invalid()
    values = {**fields, "bucket": bucket}
    limits = SizeLimits()
    covered = set(EXEMPT)
    for operator, name, value in _parsed(conditions):
        if operator == SIZE:
            limits = SizeLimits(int(name), int(value))
            continue
        actual = values.get(name)
        if actual is None or not _holds(operator, name, actual, value):
            raise access_denied(
                f'Invalid according to Policy: Policy Condition failed: ["{operator}", "${name}", "{value}"]'
            )
        covered.add(name)
    extra = [name for name in values if name not in covered and not name.startswith(IGNORED_PREFIX)]
    if extra:
        raise access_denied(f"Invalid according to Policy: Extra input fields: {', '.join(extra)}")
    return limits


def _parsed(conditions: Sequence[Any]) -> Iterator[tuple[str, str, str]]:
    """Each condition as an operator, a field's name in lower case and a value."""
    for condition in conditions:
        match condition:
            case dict() if all(isinstance(value, str) for value in condition.values()):
                for name, value in condition.items():
                    yield "eq", name.lower(), value
            case [str(operator), smallest, largest] if operator.lower() == SIZE:
                yield SIZE, _digits(smallest), _digits(largest)
            case ["eq" | "starts-with" as operator, str(name), str(value)] if name.startswith("$"):
                yield operator, name[1:].lower(), value
            case _:
                raise _invalid()


def _digits(size: object) -> str:
    if not (isinstance(size, int | str) and (digits := str(size)).isdecimal() and len(digits) <= MAX_DIGITS):
        raise _invalid()
    return digits


def _holds(operator: str, name: str, actual: str, value: str) -> bool:
    if operator == "eq":
        return actual == value
    parts = actual.split(",") if name == "content-type" else [actual]
    return all(part.strip().startswith(value) for part in parts)


def _invalid() -> S3Error:
    return S3Error(
        400,
        "InvalidPolicyDocument",
        "The content of the form does not meet the conditions specified in the policy document.",
    )
