"""The second factor: required if asked for, kept by later deployments, and after the stack has reset it."""

import uuid
from pathlib import Path

import pytest

from infrastructure.deploy import second_factor
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target, resolve_target
from local.provision import ProvisionedStack
from tests.infrastructure.templates import read_template

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def target(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Target:
    """A stage without any settings."""
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    return resolve_target(f"t{uuid.uuid4().hex[:12]}", tmp_path)


def set_by_stack(target: Target, pool: str) -> None:
    """Make the factor optional, as the stack does when it creates or changes the pool."""
    target.client("cognito-idp").set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )


def configured(target: Target, pool: str) -> tuple[str, bool]:
    """The configuration, and whether it is by an authenticator app."""
    found = target.client("cognito-idp").get_user_pool_mfa_config(UserPoolId=pool)
    return found["MfaConfiguration"], found["SoftwareTokenMfaConfiguration"]["Enabled"]


@pytest.mark.cloud
def test_required_stays_until_it_is_optional_again(target: Target) -> None:
    cognito = target.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName=target.stage)["UserPool"]["Id"]
    try:
        for choice, expected in (
            ("", "OPTIONAL"),
            ("required", "ON"),
            ("", "ON"),
            ("optional", "OPTIONAL"),
            ("", "OPTIONAL"),
        ):
            set_by_stack(target, pool)
            second_factor.configure(target, pool, choice)
            assert configured(target, pool) == (expected, True)
    finally:
        cognito.delete_user_pool(UserPoolId=pool)


@pytest.mark.parametrize("choice", ["on", "yes", "Required", "no"])
def test_other_choice_is_refused(choice: str) -> None:
    with pytest.raises(UserError, match="Invalid MFA"):
        second_factor.check(choice)


def test_pool_is_created_with_an_optional_factor_by_app() -> None:
    """The template must not make it required: CloudFormation's update of an existing pool would be refused."""
    pool = read_template(PROJECT / "infrastructure" / "core.yaml")["Resources"]["UserPool"]["Properties"]
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])


def test_documents_promise_a_factor_only_if_it_is_required() -> None:
    text = (PROJECT / "SECURITY.md").read_text()
    assert "no second factor unless the library is deployed with `MFA=required`" in text
