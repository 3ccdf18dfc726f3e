"""What the template promises: nothing public, nothing lost by mistake, nobody registers themselves."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.bundles.models import MAX_ATTEMPTS
from tests.infrastructure.templates import read

TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "core.yaml"
KEPT = {
    "OriginalsBucket",
    "DerivativesBucket",
    "PhotosTable",
    "MembershipsTable",
    "TrendsTable",
    "KeysTable",
    "UserPool",
}


RESOURCES: Mapping[str, Any] = read(TEMPLATE)["Resources"]


def of(kind: str) -> list[Any]:
    """Each resource of a type, under its logical id."""
    return [pytest.param(held, id=name) for name, held in RESOURCES.items() if held["Type"] == kind]


@pytest.mark.parametrize("bucket", of("AWS::S3::Bucket"))
class TestEveryBucket:
    def test_is_closed_to_the_public(self, bucket: Any) -> None:
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["Properties"]["PublicAccessBlockConfiguration"]) == 4
        assert bucket["Properties"]["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

    def test_is_encrypted(self, bucket: Any) -> None:
        (rule,) = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}

    def test_does_not_pay_for_unfinished_uploads(self, bucket: Any) -> None:
        rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        assert any("AbortIncompleteMultipartUpload" in rule and rule["Status"] == "Enabled" for rule in rules)


def test_every_bucket_is_reached_over_tls_only() -> None:
    policies = [held["Properties"] for held in RESOURCES.values() if held["Type"] == "AWS::S3::BucketPolicy"]
    buckets = {name for name, held in RESOURCES.items() if held["Type"] == "AWS::S3::Bucket"}
    assert {policy["Bucket"]["!Ref"] for policy in policies} == buckets
    for policy in policies:
        statement, *_ = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_originals_are_versioned_and_tiered_by_use() -> None:
    originals = RESOURCES["OriginalsBucket"]["Properties"]
    assert originals["VersioningConfiguration"] == {"Status": "Enabled"}
    transitions = [rule.get("Transitions") for rule in originals["LifecycleConfiguration"]["Rules"]]
    assert [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}] in transitions


def test_no_rule_expires_an_original_that_nobody_replaced() -> None:
    rules = RESOURCES["OriginalsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert not any(key.startswith("Expiration") for rule in rules for key in rule)
    (replaced,) = [rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule]
    assert replaced["NoncurrentDays"] >= 30


def test_originals_take_tickets_from_the_page_alone() -> None:
    (rule,) = RESOURCES["OriginalsBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == {"!Ref": "PageOrigins"}
    assert {"POST", "PUT", "GET"} <= set(rule["AllowedMethods"])


def test_bundles_live_one_day() -> None:
    rules = RESOURCES["BundlesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert 1 in [rule.get("ExpirationInDays") for rule in rules]


@pytest.mark.parametrize("table", of("AWS::DynamoDB::Table"))
class TestEveryTable:
    def test_can_be_put_back_to_any_moment(self, table: Any) -> None:
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}

    def test_is_encrypted_and_paid_by_the_request(self, table: Any) -> None:
        assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
        assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("name", ["BundlesTable", "KeysTable"])
def test_what_expires_is_forgotten_by_the_table_itself(name: str) -> None:
    wanted = {"AttributeName": "expires_at", "Enabled": True}
    assert RESOURCES[name]["Properties"]["TimeToLiveSpecification"] == wanted


def test_a_deleted_stack_keeps_photos_catalogue_and_people() -> None:
    kept = {
        name
        for name, held in RESOURCES.items()
        if str(held.get("DeletionPolicy")).startswith("Retain") and held.get("UpdateReplacePolicy") == "Retain"
    }
    assert kept == KEPT


@pytest.mark.parametrize("name", sorted(KEPT - {"UserPool"}))
def test_a_creation_that_failed_leaves_no_name_taken(name: str) -> None:
    assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_what_fails_to_be_created_does_not_wait_for_the_pool_which_is_protected_from_deletion() -> None:
    pool = RESOURCES["UserPool"]
    assert (pool["Properties"]["DeletionProtection"], pool["DeletionPolicy"]) == ("ACTIVE", "Retain")


def test_the_page_and_derivatives_are_read_by_the_library_s_own_distributions_alone() -> None:
    allowed = {}
    for held in RESOURCES.values():
        if held["Type"] == "AWS::S3::BucketPolicy":
            _, *others = held["Properties"]["PolicyDocument"]["Statement"]
            for condition, statement, otherwise in (other["!If"] for other in others):
                assert (condition, otherwise) == ("HasAddress", {"!Ref": "AWS::NoValue"})
                assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
                allowed[held["Properties"]["Bucket"]["!Ref"]] = (statement["Action"], statement["Condition"])
    arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${%s}"
    assert allowed == {
        "PageBucket": (
            ["s3:GetObject", "s3:ListBucket"],
            {"StringEquals": {"aws:SourceArn": {"!Sub": arn % "PageDistribution"}}},
        ),
        "DerivativesBucket": (
            "s3:GetObject",
            {"StringEquals": {"aws:SourceArn": {"!Sub": arn % "ImagesDistribution"}}},
        ),
    }


def test_the_template_goes_to_cloudformation_as_it_is() -> None:
    assert TEMPLATE.stat().st_size < 51_200  # more would have to go through a bucket


def test_nobody_registers_themselves() -> None:
    pool = RESOURCES["UserPool"]["Properties"]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["UsernameAttributes"] == ["email"]


def test_the_page_signs_in_by_code_without_a_secret() -> None:
    client = RESOURCES["PageClient"]["Properties"]
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_the_photo_asset_manager_signs_in_by_the_implicit_flow() -> None:
    assert RESOURCES["PamClient"]["Properties"]["AllowedOAuthFlows"] == ["implicit"]


def test_every_name_is_a_parameter_of_the_stage() -> None:
    names = {
        held["Properties"]["Name"]["!Sub"].rpartition("/")
        for held in RESOURCES.values()
        if held["Type"] == "AWS::SSM::Parameter"
    }
    assert {path for path, _, _ in names} == {"/tintype/${Stage}"}
    assert {name for _, _, name in names} == {
        *("originals-bucket", "derivatives-bucket", "bundles-bucket"),
        *("photos-table", "memberships-table", "trends-table", "bundles-table", "keys-table"),
        "bundles-queue-url",
        *("user-pool-id", "user-pool-client-id", "pam-client-id", "identity-issuer", "topic-prefix"),
    }


def test_a_volume_that_failed_five_times_is_a_dead_letter_and_no_worker_outlives_its_message() -> None:
    queue = RESOURCES["BundlesQueue"]["Properties"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == MAX_ATTEMPTS
    functions = json.loads((TEMPLATE.parents[1] / ".chalice" / "config.json").read_text())["lambda_functions"]
    assert queue["VisibilityTimeout"] > functions["build_volume"]["lambda_timeout"]
