"""Requests that SQS refuses are refused here, with its codes and texts."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provision import ProvisionedStack

pytestmark = pytest.mark.cloud
MAX_BYTES = 1024 * 1024
PREFIXES = "You must use only the following supported type prefixes: Binary, Number, String."
INVALID = "InvalidParameterValue"
TOO_LONG = f"One or more parameters are invalid. Reason: Message must be shorter than {MAX_BYTES} bytes."


@pytest.fixture
def queue(cloud: ProvisionedStack) -> dict[str, Any]:
    """A client, and the URL of a new queue."""
    sqs = cloud.client("sqs")
    return {"sqs": sqs, "url": sqs.create_queue(QueueName=f"limits-{uuid.uuid4().hex}")["QueueUrl"]}


def refusal(queue: dict[str, Any], operation: str, **request: Any) -> tuple[str, str]:
    """Code and message of the error."""
    with pytest.raises(ClientError) as raised:
        getattr(queue["sqs"], operation)(QueueUrl=queue["url"], **request)
    error = raised.value.response["Error"]
    return error["Code"].removeprefix("AWS.SimpleQueueService."), error["Message"]


def attributes(count: int, size: int = 1) -> dict[str, Any]:
    return {f"a{number}": {"DataType": "String", "StringValue": "v" * size} for number in range(count)}


@pytest.mark.parametrize("seconds", [-1, 901])
def test_delay_is_at_most_a_quarter_of_an_hour(queue: dict[str, Any], seconds: int) -> None:
    message = f"Value {seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
    assert refusal(queue, "send_message", MessageBody="x", DelaySeconds=seconds) == (INVALID, message)
    entries = [{"Id": "1", "MessageBody": "x", "DelaySeconds": seconds}, {"Id": "2", "MessageBody": "x"}]
    sent = queue["sqs"].send_message_batch(QueueUrl=queue["url"], Entries=entries)
    assert [each["Id"] for each in sent["Successful"]] == ["2"]
    assert [(each["Code"], each["Message"]) for each in sent["Failed"]] == [(INVALID, message)]
    queue["sqs"].send_message(QueueUrl=queue["url"], MessageBody="x", DelaySeconds=900)


@pytest.mark.parametrize(("name", "maximum"), [("VisibilityTimeout", 43_200), ("WaitTimeSeconds", 20)])
def test_times_of_receive_are_limited(queue: dict[str, Any], name: str, maximum: int) -> None:
    for value in (-1, maximum + 1):
        message = f"Value {value} for parameter {name} is invalid. Reason: Must be >= 0 and <= {maximum}, if provided."
        assert refusal(queue, "receive_message", **{name: value}) == (INVALID, message)
    queue["sqs"].send_message(QueueUrl=queue["url"], MessageBody="x")
    assert len(queue["sqs"].receive_message(QueueUrl=queue["url"], **{name: maximum})["Messages"]) == 1


def test_visibility_is_at_most_twelve_hours(queue: dict[str, Any]) -> None:
    queue["sqs"].send_message(QueueUrl=queue["url"], MessageBody="x")
    (message,) = queue["sqs"].receive_message(QueueUrl=queue["url"])["Messages"]
    handle = message["ReceiptHandle"]
    for value in (-1, 43_201):
        text = f"Value {value} for parameter VisibilityTimeout is invalid. "
        text += "Reason: Must be >= 0 and <= 43200, if provided."
        request = {"ReceiptHandle": handle, "VisibilityTimeout": value}
        assert refusal(queue, "change_message_visibility", **request) == (INVALID, text)
        entries = [{"Id": "1", **request}]
        changed = queue["sqs"].change_message_visibility_batch(QueueUrl=queue["url"], Entries=entries)
        assert [(each["Code"], each["Message"]) for each in changed["Failed"]] == [(INVALID, text)]
    queue["sqs"].change_message_visibility(QueueUrl=queue["url"], ReceiptHandle=handle, VisibilityTimeout=43_200)


def test_message_has_at_most_a_mebibyte_with_its_attributes(queue: dict[str, Any]) -> None:
    assert refusal(queue, "send_message", MessageBody="x" * (MAX_BYTES + 1)) == (INVALID, TOO_LONG)
    assert refusal(queue, "send_message", MessageBody="é" * (MAX_BYTES // 2 + 1)) == (INVALID, TOO_LONG)
    attribute_bytes = len("a0") + len("String") + 1000
    request = {"MessageAttributes": attributes(1, 1000)}
    body = "x" * (MAX_BYTES - attribute_bytes)
    assert refusal(queue, "send_message", MessageBody=f"{body}x", **request) == (INVALID, TOO_LONG)
    queue["sqs"].send_message(QueueUrl=queue["url"], MessageBody=body, **request)


def test_message_has_at_most_ten_attributes(queue: dict[str, Any]) -> None:
    text = "Number of message attributes [11] exceeds the allowed maximum [10]."
    assert refusal(queue, "send_message", MessageBody="x", MessageAttributes=attributes(11)) == (INVALID, text)
    queue["sqs"].send_message(QueueUrl=queue["url"], MessageBody="x", MessageAttributes=attributes(10))


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_control_characters_are_refused(queue: dict[str, Any], character: str) -> None:
    code, _ = refusal(queue, "send_message", MessageBody=f"a{character}b")
    assert code == "InvalidMessageContents"


def test_batches_are_limited(queue: dict[str, Any]) -> None:
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(11)]
    assert refusal(queue, "send_message_batch", Entries=entries)[0] == "TooManyEntriesInBatchRequest"
    assert refusal(queue, "send_message_batch", Entries=[])[0] == "EmptyBatchRequest"
    halves = [{"Id": str(number), "MessageBody": "x" * (MAX_BYTES // 2 + 1)} for number in range(2)]
    assert refusal(queue, "send_message_batch", Entries=halves)[0] == "BatchRequestTooLong"
    assert refusal(queue, "receive_message", MaxNumberOfMessages=11)[0] == INVALID


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            {"DataType": "", "StringValue": "x"},
            "The message attribute 'a' must contain non-empty message attribute type.",
        ),
        (
            {"DataType": "Integer", "StringValue": "1"},
            f"The type of message attribute 'a' is invalid. {PREFIXES}",
        ),
        ({"DataType": "Number", "StringValue": "one"}, "Could not cast message attribute 'a' value to number."),
        ({"DataType": "Number.int", "StringValue": "NaN"}, "Could not cast message attribute 'a' value to number."),
        (
            {"DataType": "String", "StringValue": ""},
            "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
        ),
    ],
)
def test_attributes_have_a_type_and_a_value_of_it(queue: dict[str, Any], value: dict[str, str], text: str) -> None:
    attribute = {"a": value}
    assert refusal(queue, "send_message", MessageBody="x", MessageAttributes=attribute) == (INVALID, text)
    entries = [{"Id": "1", "MessageBody": "x", "MessageAttributes": attribute}, {"Id": "2", "MessageBody": "x"}]
    sent = queue["sqs"].send_message_batch(QueueUrl=queue["url"], Entries=entries)
    assert [each["Id"] for each in sent["Successful"]] == ["2"]
    assert [(each["Code"], each["Message"]) for each in sent["Failed"]] == [(INVALID, text)]


def test_attributes_of_all_types_are_sent(queue: dict[str, Any]) -> None:
    values = {
        "text": {"DataType": "String.label", "StringValue": "x"},
        "number": {"DataType": "Number", "StringValue": "-1.5e3"},
        "binary": {"DataType": "Binary", "BinaryValue": b"\x00"},
    }
    queue["sqs"].send_message(QueueUrl=queue["url"], MessageBody="x", MessageAttributes=values)
    received = queue["sqs"].receive_message(QueueUrl=queue["url"], MessageAttributeNames=["All"])
    assert received["Messages"][0]["MessageAttributes"] == values


@pytest.mark.parametrize("handle", ["nonsense", "None", "17bfa698-6737-4e35-85f2-9a26e74099a2x"])
def test_what_was_never_a_receipt_handle_is_refused(queue: dict[str, Any], handle: str) -> None:
    error = ("ReceiptHandleIsInvalid", f'The input receipt handle "{handle}" is not a valid receipt handle.')
    assert refusal(queue, "delete_message", ReceiptHandle=handle) == error
    entries = [{"Id": "1", "ReceiptHandle": handle}, {"Id": "2", "ReceiptHandle": str(uuid.uuid4())}]
    deleted = queue["sqs"].delete_message_batch(QueueUrl=queue["url"], Entries=entries)
    assert [each["Id"] for each in deleted["Successful"]] == ["2"]
    assert [(each["Id"], each["Code"], each["Message"]) for each in deleted["Failed"]] == [("1", *error)]
