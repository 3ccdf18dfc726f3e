"""Rotating the key of image URLs, as a sequence of calls to a CloudFront that behaves as documented."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError
from cryptography.hazmat.primitives import serialization

from infrastructure.deploy import cdn
from infrastructure.deploy.domain import UNCHANGED
from infrastructure.deploy.target import Target
from tests.infrastructure.templates import read_template
from tests.support.aws_http import ACCOUNT, REGION, Answer, Call, error_answer, json_answer, new_session

RESOURCES: Mapping[str, Any] = read_template(cdn.TEMPLATE)["Resources"]
COMMENT = RESOURCES["ImagesDistribution"]["Properties"]["DistributionConfig"]["Comment"]["!Sub"]
SLOTS = {"FirstKey": "FirstPublicKey", "SecondKey": "SecondPublicKey"}
POLLS = 3  # of a distribution's status, until all edges have it


def substitute(text: str, parameters: Mapping[str, str]) -> str:
    for name, value in parameters.items():
        text = text.replace(f"${{{name}}}", value)
    return text


class CloudFront:
    """The CDN stack's keys and images distribution, and the parameter store; records the signing keys written.

    CloudFront takes each name and caller reference for one public key, allows no change of a key, needs a key in a key
    group, and deploys a distribution to its edges when the distribution changes.
    """

    def __init__(self, *, polls: int = POLLS) -> None:
        self.polls = polls
        self.parameters: dict[str, str] = {}
        self.keys: dict[str, tuple[str, str, str]] = {}  # name, caller reference and PEM by slot
        self.taken = set[str]()
        self.comment = ""
        self.edges = set[str]()  # the key ids that every edge knows
        self.polls_left = 0
        self.settings: dict[str, str] = {}
        self.written: list[tuple[str, bool]] = []  # id of each new signing key, and whether every edge knew it

    # The part of Stacks that the CDN module uses.
    def create_change_set(self, _name: str, _template: Path, parameters: Mapping[str, str]) -> list[str]:
        changed = dict(parameters) != self.parameters
        self.parameters = dict(parameters)
        return ["change"] if changed else []

    def execute_change_set(self, _name: str) -> None:
        for slot, resource in SLOTS.items():
            config = RESOURCES[resource]["Properties"]["PublicKeyConfig"]
            pem = self.parameters.get(slot, "")
            fields = ("Name", "CallerReference")
            name, reference = (substitute(config[field]["!Sub"], self.parameters) for field in fields)
            if not pem:
                self.keys.pop(slot, None)
            elif slot in self.keys:
                assert self.keys[slot] == (name, reference, pem), "CannotChangeImmutablePublicKeyFields"
            else:
                assert self.taken.isdisjoint({name, reference}), "PublicKeyAlreadyExists"
                self.taken |= {name, reference}
                self.keys[slot] = (name, reference, pem)
        assert self.keys, "a key group needs a key"
        if (comment := substitute(COMMENT, self.parameters)) != self.comment:
            self.comment, self.polls_left = comment, self.polls

    def outputs(self, _name: str) -> dict[str, str]:
        ids = {f"{slot}Id": self.key_id(slot) for slot in self.keys}
        return ids | {"ImagesDistribution": "E1", "ImagesUrl": "https://d1.cloudfront.net"}

    def parameters_of(self, _name: str) -> dict[str, str]:
        return dict(self.parameters)

    def key_id(self, slot: str) -> str:
        return f"K-{self.keys[slot][0]}"

    def respond(self, call: Call) -> Answer:
        match call.operation:
            case "GetDistribution":
                self.polls_left = max(self.polls_left - 1, 0)
                if not self.polls_left:
                    self.edges = {self.key_id(slot) for slot in self.keys}
                status = "InProgress" if self.polls_left else "Deployed"
                return Answer(body=f"<Distribution><Id>E1</Id><Status>{status}</Status></Distribution>".encode())
            case "GetParameter" if call.body["Name"] in self.settings:
                return json_answer({"Parameter": {"Value": self.settings[call.body["Name"]]}})
            case "PutParameter":
                self._write(call.body["Name"], call.body["Value"])
                return json_answer({"Version": 1})
        return error_answer(call, "ParameterNotFound", "")

    def _write(self, name: str, value: str) -> None:
        self.settings[name] = value
        if name.endswith(cdn.SIGNING_KEY_SETTING):
            key_id = value.partition("\n")[0]
            self.written.append((key_id, key_id in self.edges))


class FakeStacks:
    """The stacks of this CloudFront."""

    def __init__(self, cloudfront: CloudFront) -> None:
        self.create_change_set = cloudfront.create_change_set
        self.execute_change_set = cloudfront.execute_change_set
        self.outputs = cloudfront.outputs
        self.parameters = cloudfront.parameters_of


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> CloudFront:
    """A library's CloudFront after the first deployment."""
    monkeypatch.setattr(cdn, "WAIT", {"Delay": 0, "MaxAttempts": 5})
    monkeypatch.setattr(cdn, "KEY_BITS", 1024)  # faster
    cloudfront = CloudFront()
    deploy(cloudfront)
    return cloudfront


def without_name_parameters(cloudfront: CloudFront) -> None:
    """Make it one of the template that named the keys by their slots."""
    fixed = {slot: f"tintype-prod-{cdn.FIXED_NAMES[slot]}" for slot in cloudfront.keys}
    cloudfront.keys = {slot: (fixed[slot], fixed[slot], pem) for slot, (_, _, pem) in cloudfront.keys.items()}
    cloudfront.taken = set(fixed.values())
    cloudfront.parameters = {name: each for name, each in cloudfront.parameters.items() if not name.endswith("KeyName")}
    cloudfront.comment = "tintype-prod images"
    cloudfront.edges = {cloudfront.key_id(slot) for slot in cloudfront.keys}


def deploy(cloudfront: CloudFront) -> None:
    outputs = dict.fromkeys(("SignInDomain", "PageBucket", "DerivativesBucket", "OriginalsBucket"), "x")
    cdn.deploy(target(cloudfront), stacks(cloudfront), "api1", outputs, UNCHANGED)


def target(cloudfront: CloudFront) -> Target:
    return Target("prod", ACCOUNT, REGION, "aws", new_session(cloudfront.respond), Path("builds"))


def stacks(cloudfront: CloudFront) -> Any:
    return FakeStacks(cloudfront)


def test_three_rotations_sign_only_with_keys_that_every_edge_knows(cloudfront: CloudFront) -> None:
    for _ in range(3):
        previous = cloudfront.written[-1][0]
        cdn.rotate(target(cloudfront), stacks(cloudfront))
        assert {previous, cloudfront.written[-1][0]} == cloudfront.edges  # the previous one stays valid
    ids = [key_id for key_id, _ in cloudfront.written]
    assert len(set(ids)) == 4
    assert all(known for _, known in cloudfront.written)


def test_new_key_is_not_used_if_the_edges_do_not_get_it_in_time(cloudfront: CloudFront) -> None:
    before = dict(cloudfront.settings)
    cloudfront.polls = 100
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        cdn.rotate(target(cloudfront), stacks(cloudfront))
    assert cloudfront.settings == before
    cloudfront.polls = POLLS
    cdn.rotate(target(cloudfront), stacks(cloudfront))  # continues
    assert cloudfront.written[-1][1]
    assert len(cloudfront.written) == 2


def test_deployment_without_a_new_key_changes_nothing(cloudfront: CloudFront) -> None:
    before = (dict(cloudfront.parameters), dict(cloudfront.settings))
    deploy(cloudfront)
    assert (cloudfront.parameters, cloudfront.settings) == before


@pytest.mark.parametrize("rotations", [0, 1, 2])
def test_keys_named_by_their_slots_keep_their_names_until_they_are_replaced(
    cloudfront: CloudFront, rotations: int
) -> None:
    for _ in range(rotations):
        cdn.rotate(target(cloudfront), stacks(cloudfront))
    without_name_parameters(cloudfront)
    keys, written = dict(cloudfront.keys), len(cloudfront.written)
    for _ in range(2):
        deploy(cloudfront)
        assert (cloudfront.keys, len(cloudfront.written)) == (keys, written)
    for _ in range(3):
        cdn.rotate(target(cloudfront), stacks(cloudfront))
    names = [name for name, _, _ in cloudfront.keys.values()]
    assert names == [f"tintype-prod-{cdn.key_name(pem)}" for _, _, pem in cloudfront.keys.values()]
    assert all(known for _, known in cloudfront.written)


def test_first_rotation_of_keys_named_by_their_slots_keeps_the_previous_one(cloudfront: CloudFront) -> None:
    without_name_parameters(cloudfront)
    cdn.rotate(target(cloudfront), stacks(cloudfront))
    assert cloudfront.edges == {"K-tintype-prod-first", cloudfront.written[-1][0]}


@pytest.mark.parametrize("value", ["", "K1\n", "K1\n-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n"])
def test_key_that_was_written_by_hand_is_replaced(cloudfront: CloudFront, value: str) -> None:
    cloudfront.settings[f"/tintype/prod/{cdn.SIGNING_KEY_SETTING}"] = value
    deploy(cloudfront)
    assert cloudfront.written[-1][1]
    assert len(cloudfront.written) == 2


def test_stack_that_was_deleted_by_hand_gets_a_new_key(cloudfront: CloudFront) -> None:
    cloudfront.parameters, cloudfront.keys, cloudfront.comment = {}, {}, ""
    deploy(cloudfront)
    assert [known for _, known in cloudfront.written] == [True, True]


def test_names_are_those_of_the_key(cloudfront: CloudFront) -> None:
    cdn.rotate(target(cloudfront), stacks(cloudfront))
    names = {slot: name for slot, (name, _, _) in cloudfront.keys.items()}
    keys = {slot: pem for slot, (_, _, pem) in cloudfront.keys.items()}
    assert names == {slot: f"tintype-prod-{cdn.key_name(pem)}" for slot, pem in keys.items()}
    assert len(set(names.values())) == 2
    for pem in keys.values():
        serialization.load_pem_public_key(pem.encode())
        assert cdn.key_name(pem) == cdn.key_name(pem.strip())  # as CloudFormation may return it
    assert cdn.key_name("") == ""
