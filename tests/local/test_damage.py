"""State files that are cut, emptied, garbled or removed: the services start, one line says so, nothing else is lost."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from local.errors import UserError
from local.ports import free_ports
from local.site.inbox import fetch_messages
from tests.support.killable_cloud import Cloud

pytestmark = pytest.mark.cloud
TABLE, QUEUE, TOPIC = "tintype-local-photos", "tintype-local-bundles", "tintype-local-topic"
IGNORED_FOLDERS = {"logs", "scratch", "damaged", "lock"}

MAIN_FILES = {"services.json", "inbox.json", "tables.sqlite", "queues.sqlite", "layout-version"}
# After a kill, the copy of a database is older, and its log holds the latest commits.
MAY_LOSE = {"tables": ["items"], "queues": ["messages"], "objects": ["objects"]}
# Made again from the database, so that their damage is no loss.
REBUILT = (".previous.digest", ".state", "-shm")

type Damage = Callable[[Path], None]
type Stores = Mapping[str, Any]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garble_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    start, end = len(content) // 3, len(content) * 2 // 3
    content[start:end] = bytes(byte ^ 0x5A for byte in content[start:end])
    path.write_bytes(content)


def change_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[len(content) // 2] ^= 1
    path.write_bytes(content)


def garble(path: Path) -> None:
    path.write_bytes(bytes(byte ^ 0x5A for byte in path.read_bytes()))


DAMAGES: list[Damage] = [cut, empty, garble, Path.unlink]
# A log that has all pages makes good for a damaged file, and a bit that is free or of a value passes SQLite's check.
# After a kill, a copy that is missing may never have been made.
UNDETECTABLE = {(".sqlite", cut), (".sqlite", garble_middle), (".sqlite", change_bit), (".previous", Path.unlink)}


def damages_of(file: Path) -> list[Damage]:
    """The ways to damage a file; those behind its start only where they are found in another way."""
    return [*DAMAGES, garble_middle, change_bit] if ".sqlite" in file.name else DAMAGES


def fill(cloud: Cloud) -> None:
    """Store something in every service."""
    dynamodb, s3 = cloud.client("dynamodb"), cloud.client("s3")
    bucket = cloud.stack.outputs["OriginalsBucket"]
    for number in range(40):
        dynamodb.put_item(TableName=TABLE, Item={"photo_id": {"S": f"photo-{number}"}})
    for name in ("a.jpg", "b.jpg"):
        for body in (b"old", b"new"):
            s3.put_object(Bucket=bucket, Key=name, Body=body, Metadata={"tags": "sea"}, Tagging="state=ready")
    sqs, sns = cloud.client("sqs"), cloud.client("sns")
    for number in range(3):
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"], MessageBody=f"message {number}")
    topic = sns.create_topic(Name=TOPIC)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+12025550123")
    sns.publish(TopicArn=topic, Message="Your photos are ready")


def read(cloud: Cloud) -> Stores:
    """What every service has."""
    dynamodb, s3, sqs = cloud.client("dynamodb"), cloud.client("s3"), cloud.client("sqs")
    bucket, pool = cloud.stack.outputs["OriginalsBucket"], cloud.stack.outputs["UserPoolId"]
    count = "ApproximateNumberOfMessages"
    queue = sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"], AttributeNames=[count])
    parameters = cloud.client("ssm").get_parameters_by_path(Path="/tintype/local/", WithDecryption=True)["Parameters"]
    users = cloud.client("cognito-idp").list_users(UserPoolId=pool)["Users"]
    versions = [
        s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
        for version in s3.list_object_versions(Bucket=bucket).get("Versions", [])
    ]
    return {
        "items": sorted(item["photo_id"]["S"] for item in dynamodb.scan(TableName=TABLE)["Items"]),
        "objects": [(found["VersionId"], found["Body"].read(), found["Metadata"]) for found in versions],
        "messages": queue["Attributes"][count],
        "parameters": sorted((each["Name"], each["Value"]) for each in parameters),
        "users": sorted(user["Username"] for user in users),
        "subscriptions": [each["Endpoint"] for each in cloud.client("sns").list_subscriptions()["Subscriptions"]],
        "cors": s3.get_bucket_cors(Bucket=bucket)["CORSRules"],
        "inbox": [message.text for message in fetch_messages(cloud.running)],
        "signing_keys": cloud.get(f"/{pool}/.well-known/jwks.json"),
    }


def state_files(data: Path) -> list[Path]:
    """The files that hold state, relative to the data directory; not the bytes of objects."""
    found = [path.relative_to(data) for path in data.rglob("*") if path.is_file()]
    return sorted(
        path
        for path in found
        if path.parts[0] not in IGNORED_FOLDERS and (path.parts[:2] != ("library", "objects") or ".sqlite" in path.name)
    )


def read_after(cloud: Cloud, target: Path, files: list[Path], damage: Damage) -> Stores:
    """What is there after a start of a copy with damaged files."""
    shutil.copytree(cloud.data, target)
    for file in files:
        damage(target / file)
    copy = Cloud(target, cloud.port)
    copy.start()
    copy.stack = cloud.stack
    try:
        return read(copy)
    finally:
        copy.kill()
        shutil.rmtree(target)


@pytest.fixture(scope="module", params=["stopped", pytest.param("killed", marks=pytest.mark.proof)])
def pristine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cloud, Stores, str]:
    """A filled cloud that was stopped or killed, what it had, and which of both."""
    cloud = Cloud(tmp_path_factory.mktemp("pristine") / "data", free_ports()[0])
    cloud.start()
    cloud.provision()
    fill(cloud)
    expected = read(cloud)
    if request.param == "stopped":
        cloud.stop()
    else:
        cloud.kill()
    return cloud, expected, request.param


def test_damage_of_all_main_files_at_once_loses_nothing(
    pristine: tuple[Cloud, Stores, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud, expected, how = pristine
    if how == "killed":
        pytest.skip("a copy of a database holds what it had at its last regular end")
    files = [path for path in state_files(cloud.data) if path.name in MAIN_FILES]
    assert len(files) == len(MAIN_FILES)
    assert read_after(cloud, tmp_path / "data", files, garble) == expected
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(files), lines
    assert all(line.startswith("damaged: ") for line in lines), lines


@pytest.mark.proof
def test_missing_inbox_is_reported(
    pristine: tuple[Cloud, Stores, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud, expected, _ = pristine
    files = [file for file in state_files(cloud.data) if file.name.startswith("inbox.")]
    assert read_after(cloud, tmp_path / "data", files, Path.unlink) == {**expected, "inbox": []}
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("the inbox is empty.")


@pytest.mark.proof
def test_damage_of_any_file_is_reported_in_one_line_and_nothing_else_is_lost(
    pristine: tuple[Cloud, Stores, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud, expected, how = pristine
    problems = []
    for file in state_files(cloud.data):
        for damage in damages_of(file):
            stores = read_after(cloud, tmp_path / "data", [file], damage)
            lines = capsys.readouterr().out.splitlines()
            lost = {name for name, content in expected.items() if stores[name] != content}
            allowed = set(MAY_LOSE.get(file.name.partition(".")[0], ())) if how == "killed" else set()
            is_silent = any(file.name.endswith(end) for end in REBUILT) or (file.name, damage) == (
                "layout-version",
                cut,
            )
            is_silent |= how == "killed" and (file.suffix, damage) in UNDETECTABLE
            if lost - allowed or len(lines) > 1 or (not lines and not is_silent):
                problems.append(f"{file} {damage.__name__}: lost {sorted(lost)}, printed {lines}")
    assert "\n".join(problems) == ""


def damaged_twice(library: Path, name: str) -> None:
    """Damage a state file and its copy."""
    copy = name.replace(".json", ".copy.json") if ".json" in name else f"{name}.previous"
    garble(next(library.rglob(name)))
    cut(next(library.rglob(copy)))


def without_database(library: Path, name: str) -> None:
    """Remove a database with its copy and all that belongs to it."""
    for file in list(library.rglob(f"{name}*")):
        file.unlink()


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (damaged_twice, "services.json"),
        (damaged_twice, "objects.sqlite"),
        *(
            pytest.param(*each, marks=pytest.mark.proof)
            for each in (
                (damaged_twice, "inbox.json"),
                (damaged_twice, "tables.sqlite"),
                (damaged_twice, "queues.sqlite"),
                (without_database, "services"),
                (without_database, "tables.sqlite"),
                (without_database, "queues.sqlite"),
                (without_database, "objects.sqlite"),
            )
        ),
    ],
)
def test_library_without_a_readable_copy_of_a_file_is_refused_in_one_line_and_left_unchanged(
    damage: Callable[[Path, str], None], name: str, pristine: tuple[Cloud, Stores, str], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(pristine[0].data, data)
    damage(data / "library", name)
    before = {path: path.read_bytes() for path in (data / "library").rglob(f"{name}*") if path.suffix != "-shm"}
    copy = Cloud(data, pristine[0].port)
    with pytest.raises(UserError) as refused:
        copy.start()
    copy.stop()
    (line,) = str(refused.value).splitlines()
    assert line.startswith("damaged: ")
    assert name in line
    assert "nothing was changed" in line
    assert {path: path.read_bytes() for path in before} == before
    assert not (data / "damaged").exists()
