"""The vision layer on AWS: published once for the same contents, and deleted when it is unused."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from infrastructure.deploy import layers
from infrastructure.deploy.layer_contents import Contents, fingerprint, runtime
from infrastructure.deploy.layers import Layer
from infrastructure.deploy.target import Target
from tests.support.aws_http import ACCOUNT, REGION, Answer, Call, error_answer, json_answer, new_session

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:tintype-prod-vision"


@dataclass
class Account:
    """The layers and the bucket of an account."""

    versions: list[dict[str, Any]] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def respond(self, call: Call) -> Answer:
        self.calls.append(call.operation)
        path = unquote(urlsplit(call.url).path)
        match call.operation:
            case "PutObject":
                self.objects[path] = call.body.read()
            case "DeleteObject":
                del self.objects[path]
            case "ListLayerVersions" if not self.versions:
                return error_answer(call, "ResourceNotFoundException", "No such layer.", 404)
            case "ListLayerVersions":
                return json_answer({"LayerVersions": self.versions[::-1]})
            case "PublishLayerVersion":
                assert f"/{call.body['Content']['S3Key']}" in self.objects
                number = 1 + max((each["Version"] for each in self.versions), default=0)
                version = {"LayerVersionArn": f"{ARN}:{number}", "Version": number, **call.body}
                self.versions.append(version)
                return json_answer(version)
            case "DeleteLayerVersion":
                number = int(path.rpartition("/")[2])
                self.versions = [each for each in self.versions if each["Version"] != number]
        return Answer()

    @property
    def target(self) -> Target:
        return Target("prod", ACCOUNT, REGION, "aws", new_session(self.respond), Path("builds"))


def contents(folder: Path) -> Contents:
    path = folder / f"{fingerprint()}.zip"
    path.write_bytes(b"zip")
    return Contents(path, 98_765_432)


def version(number: int, description: str) -> dict[str, Any]:
    return {"LayerVersionArn": f"{ARN}:{number}", "Version": number, "Description": description}


def test_layer_is_published_from_the_bucket_which_keeps_nothing(tmp_path: Path) -> None:
    account = Account()
    assert layers.find(account.target) is None
    layer = layers.publish(account.target, contents(tmp_path), "tintype-prod-bundles-123456789012")
    assert account.calls == ["ListLayerVersions", "PutObject", "PublishLayerVersion", "DeleteObject"]
    assert account.objects == {}
    (published,) = account.versions
    assert len(published["Description"]) <= 256  # Lambda's limit
    assert published["CompatibleRuntimes"] == [runtime()]
    assert published["CompatibleArchitectures"] == ["x86_64"]
    assert layer == Layer(published["LayerVersionArn"], 98_765_432)


def test_published_contents_are_found_whatever_other_versions_there_are(tmp_path: Path) -> None:
    account = Account([version(1, "0123456789abcdef 5 bytes unzipped"), version(2, "somebody else's")])
    assert layers.find(account.target) is None
    layer = layers.publish(account.target, contents(tmp_path), "tintype-prod-bundles-123456789012")
    account.versions.append(version(9, "fedcba9876543210 6 bytes unzipped"))
    assert layers.find(account.target) == layer


def test_unused_versions_are_deleted(tmp_path: Path) -> None:
    account = Account([version(1, ""), version(2, "")])
    layer = layers.publish(account.target, contents(tmp_path), "tintype-prod-bundles-123456789012")
    layers.delete_unused(account.target, layer)
    assert [each["LayerVersionArn"] for each in account.versions] == [layer.arn]
    layers.delete_unused(account.target, None)
    assert account.versions == []
    layers.delete_unused(account.target, None)  # there is no layer
