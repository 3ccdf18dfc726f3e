"""The core template: no public access, retained data, no sign-up."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.bundles.models import MAX_ATTEMPTS
from tests.infrastructure.templates import read_template

TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "core.yaml"
RETAINED = {
    "OriginalsBucket",
    "DerivativesBucket",
    "PhotosTable",
    "MembershipsTable",
    "TrendsTable",
    "ApiKeysTable",
    "AlbumsTable",
    "UserPool",
}


RESOURCES: Mapping[str, Any] = read_template(TEMPLATE)["Resources"]


def resources_of(resource_type: str) -> list[Any]:
    """Test parameters: each resource of the type, named by logical id."""
    return [
        pytest.param(resource, id=name) for name, resource in RESOURCES.items() if resource["Type"] == resource_type
    ]


@pytest.mark.parametrize("bucket", resources_of("AWS::S3::Bucket"))
class TestBucket:
    def test_blocks_public_access(self, bucket: Any) -> None:
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["Properties"]["PublicAccessBlockConfiguration"]) == 4
        assert bucket["Properties"]["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

    def test_is_encrypted(self, bucket: Any) -> None:
        (rule,) = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}

    def test_aborts_unfinished_uploads(self, bucket: Any) -> None:
        rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        assert any("AbortIncompleteMultipartUpload" in rule and rule["Status"] == "Enabled" for rule in rules)


def test_every_bucket_requires_tls() -> None:
    policies = [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::S3::BucketPolicy"]
    buckets = {name for name, each in RESOURCES.items() if each["Type"] == "AWS::S3::Bucket"}
    assert {policy["Bucket"]["!Ref"] for policy in policies} == buckets
    for policy in policies:
        statement, *_ = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_originals_are_versioned_in_intelligent_tiering() -> None:
    originals = RESOURCES["OriginalsBucket"]["Properties"]
    assert originals["VersioningConfiguration"] == {"Status": "Enabled"}
    transitions = [rule.get("Transitions") for rule in originals["LifecycleConfiguration"]["Rules"]]
    assert [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}] in transitions


def test_current_originals_never_expire() -> None:
    rules = RESOURCES["OriginalsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert not any(key.startswith("Expiration") for rule in rules for key in rule)
    (expiration,) = [rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule]
    assert expiration["NoncurrentDays"] == {"!Ref": "VersionRetentionDays"}
    assert read_template(TEMPLATE)["Parameters"]["VersionRetentionDays"]["Default"] >= 30


def test_originals_allow_cors_from_page_only() -> None:
    rule, pam = RESOURCES["OriginalsBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == {"!Ref": "PageOrigins"}
    condition, pam_rule, otherwise = pam["!If"]
    assert (condition, otherwise) == ("HasPam", {"!Ref": "AWS::NoValue"})
    assert (pam_rule["AllowedOrigins"], pam_rule["AllowedMethods"]) == ([{"!Ref": "PamOrigin"}], ["PUT"])
    assert {"POST", "PUT", "GET"} <= set(rule["AllowedMethods"])


def test_bundles_expire_after_one_day() -> None:
    rules = RESOURCES["BundlesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert 1 in [rule.get("ExpirationInDays") for rule in rules]


@pytest.mark.parametrize("table", resources_of("AWS::DynamoDB::Table"))
class TestTable:
    def test_has_point_in_time_recovery(self, table: Any) -> None:
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}

    def test_is_encrypted_with_the_key_that_costs_nothing_and_on_demand(self, table: Any) -> None:
        """Without a specification the key is one of DynamoDB; SSEEnabled takes one of KMS, which bills requests."""
        assert "SSESpecification" not in table["Properties"]
        assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("name", ["BundlesTable", "ApiKeysTable"])
def test_table_has_time_to_live(name: str) -> None:
    expected = {"AttributeName": "expires_at", "Enabled": True}
    assert RESOURCES[name]["Properties"]["TimeToLiveSpecification"] == expected


def test_stack_deletion_retains_photos_tables_and_users() -> None:
    retained = {
        name
        for name, each in RESOURCES.items()
        if str(each.get("DeletionPolicy")).startswith("Retain") and each.get("UpdateReplacePolicy") == "Retain"
    }
    assert retained == RETAINED


@pytest.mark.parametrize("name", sorted(RETAINED - {"UserPool"}))
def test_failed_creation_deletes_resource(name: str) -> None:
    assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_failed_creation_retains_protected_user_pool() -> None:
    pool = RESOURCES["UserPool"]
    assert (pool["Properties"]["DeletionProtection"], pool["DeletionPolicy"]) == ("ACTIVE", "Retain")


def test_only_library_distributions_may_read_page_and_derivatives() -> None:
    allowed = {}
    for resource in RESOURCES.values():
        if resource["Type"] == "AWS::S3::BucketPolicy":
            _, *others = resource["Properties"]["PolicyDocument"]["Statement"]
            for condition, statement, otherwise in (other["!If"] for other in others):
                assert (condition, otherwise) == ("HasDistributions", {"!Ref": "AWS::NoValue"})
                assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
                allowed[resource["Properties"]["Bucket"]["!Ref"]] = (statement["Action"], statement["Condition"])
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


def test_template_size_is_within_limit_of_direct_upload() -> None:
    assert TEMPLATE.stat().st_size < 51_200  # a larger one would have to be uploaded to a bucket


def test_sign_up_is_disabled() -> None:
    pool = RESOURCES["UserPool"]["Properties"]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["UsernameAttributes"] == ["email"]


def test_page_client_uses_code_flow_without_secret() -> None:
    client = RESOURCES["PageClient"]["Properties"]
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_page_client_gets_refresh_tokens_that_are_valid_once_and_revocable() -> None:
    client = RESOURCES["PageClient"]["Properties"]
    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}
    assert "ALLOW_REFRESH_TOKEN_AUTH" not in client["ExplicitAuthFlows"]  # Cognito refuses it together with rotation
    assert client["EnableTokenRevocation"] is True


def test_pam_client_uses_implicit_flow_and_exists_only_with_an_address() -> None:
    assert RESOURCES["PamClient"]["Properties"]["AllowedOAuthFlows"] == ["implicit"]
    assert RESOURCES["PamClient"]["Condition"] == RESOURCES["PamClientId"]["Condition"] == "HasPam"
    assert read_template(TEMPLATE)["Parameters"]["PamOrigin"]["Default"] == ""


def test_every_name_is_in_a_parameter() -> None:
    names = {
        each["Properties"]["Name"]["!Sub"].rpartition("/")
        for each in RESOURCES.values()
        if each["Type"] == "AWS::SSM::Parameter"
    }
    assert {path for path, _, _ in names} == {"/tintype/${Stage}"}
    assert {name for _, _, name in names} == {
        *("originals-bucket", "derivatives-bucket", "bundles-bucket"),
        *("photos-table", "memberships-table", "trends-table", "bundles-table", "api-keys-table", "albums-table"),
        *("bundles-queue-url", "version-retention-days"),
        *("user-pool-id", "user-pool-client-id", "pam-client-id", "identity-issuer", "topic-prefix"),
        "metrics",
    }


def test_bundles_queue_retries_and_visibility_timeout_fit_build_volume() -> None:
    queue = RESOURCES["BundlesQueue"]["Properties"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == MAX_ATTEMPTS
    functions = json.loads((TEMPLATE.parents[1] / ".chalice" / "config.json").read_text())["lambda_functions"]
    assert queue["VisibilityTimeout"] > functions["build_volume"]["lambda_timeout"]
