"""Limits of SQS that MiniStack does not check, with the texts of SQS."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from ministack.services import sqs

type Request = Mapping[str, Any]
type Attributes = Mapping[str, Mapping[str, Any]]

MAX_DELAY_SECONDS = 900
MAX_VISIBILITY_SECONDS = 43_200
MAX_WAIT_SECONDS = 20
MAX_ATTRIBUTES = 10
TYPES = {"String", "Number", "Binary"}  # each with a label after a dot, if wanted
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
RECEIPT_HANDLE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_message(request: Request, max_bytes: int) -> None:
    """Raise MiniStack's error for a message that SQS does not accept; attributes count as bytes of it, too."""
    delay, attributes = request.get("DelaySeconds"), request.get("MessageAttributes") or {}
    if delay is not None and not 0 <= int(delay) <= MAX_DELAY_SECONDS:
        raise _invalid(
            f"Value {delay} for parameter DelaySeconds is invalid. "
            f"Reason: DelaySeconds must be >= 0 and <= {MAX_DELAY_SECONDS}."
        )
    if len(attributes) > MAX_ATTRIBUTES:
        raise _invalid(
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum [{MAX_ATTRIBUTES}]."
        )
    for name, value in attributes.items():
        _check_attribute(name, value)
    if message_bytes(request) > max_bytes:
        raise _invalid(f"One or more parameters are invalid. Reason: Message must be shorter than {max_bytes} bytes.")


def message_bytes(request: Request) -> int:
    """The size of a message: its text, and the names, types and values of its attributes."""
    attributes: Attributes = request.get("MessageAttributes") or {}
    texts = [str(request.get("MessageBody") or "")]
    for name, value in attributes.items():
        texts += [name, str(value.get("DataType", "")), str(value.get("StringValue") or "")]
    binary = sum(len(base64.b64decode(value.get("BinaryValue") or "")) for value in attributes.values())
    return sum(len(text.encode()) for text in texts) + binary


def check_receipt_handle(request: Request) -> None:
    """Raise MiniStack's error for what was never a receipt handle; an outdated one is valid."""
    handle = request.get("ReceiptHandle") or ""
    if not handle:
        raise sqs._Err("MissingParameter", "The request must contain the parameter ReceiptHandle.")
    if not RECEIPT_HANDLE.fullmatch(str(handle)):
        raise sqs._Err("ReceiptHandleIsInvalid", f'The input receipt handle "{handle}" is not a valid receipt handle.')


def check_receive(request: Request) -> None:
    """Raise MiniStack's error for a ReceiveMessage that SQS does not accept."""
    _check_range(request, "VisibilityTimeout", MAX_VISIBILITY_SECONDS)
    _check_range(request, "WaitTimeSeconds", MAX_WAIT_SECONDS)


def check_visibility(request: Request) -> None:
    """Raise MiniStack's error for a ChangeMessageVisibility that SQS does not accept."""
    if request.get("VisibilityTimeout") is None:
        raise sqs._Err("MissingParameter", "The request must contain the parameter VisibilityTimeout.")
    _check_range(request, "VisibilityTimeout", MAX_VISIBILITY_SECONDS)


def _check_attribute(name: str, value: Mapping[str, Any]) -> None:
    kind = str(value.get("DataType") or "")
    base = kind.partition(".")[0]
    content = value.get("BinaryValue" if base == "Binary" else "StringValue")
    if not kind:
        raise _invalid(f"The message attribute '{name}' must contain non-empty message attribute type.")
    if base not in TYPES:
        raise _invalid(
            f"The type of message attribute '{name}' is invalid. You must use only the following supported type "
            "prefixes: Binary, Number, String."
        )
    if not content:
        raise _invalid(f"Message (user) attribute '{name}' must contain a non-empty value of type '{base}'.")
    if base == "Number" and not NUMBER.fullmatch(str(content)):
        raise _invalid(f"Could not cast message attribute '{name}' value to number.")


def _check_range(request: Request, name: str, maximum: int) -> None:
    value = request.get(name)
    if value is not None and not 0 <= int(value) <= maximum:
        raise _invalid(
            f"Value {value} for parameter {name} is invalid. Reason: Must be >= 0 and <= {maximum}, if provided."
        )


def _invalid(message: str) -> Exception:
    error: Exception = sqs._Err("InvalidParameterValue", message)
    return error
