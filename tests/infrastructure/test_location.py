"""A library in another region: found by what has its name in the whole account, and left alone."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

import pytest

from infrastructure.deploy import cli, location
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import PROJECT, Target
from tests.support.aws_http import ACCOUNT, REGION, Answer, Call, error_answer, new_session

ELSEWHERE = "us-west-2"
READS = ("DescribeStacks", "HeadBucket", "GetRolePolicy", "ListDistributions")
ORIGINALS, PAGE = f"tintype-prod-originals-{ACCOUNT}", f"tintype-prod-page-{ACCOUNT}"


class Account:
    """An account with buckets, roles and distributions of these regions, and no stack; records the operations."""

    def __init__(
        self, *, buckets: dict[str, str] | None = None, role_region: str = "", distribution_region: str = ""
    ) -> None:
        self.buckets, self.role_region, self.distribution_region = buckets or {}, role_region, distribution_region
        self.operations: list[str] = []

    def respond(self, call: Call) -> Answer:
        self.operations.append(call.operation)
        match call.operation:
            case "DescribeStacks":
                return error_answer(call, "ValidationError", "Stack with id tintype-prod does not exist")
            case "HeadBucket":
                return self._bucket(urlsplit(call.url))
            case "GetRolePolicy" if self.role_region:
                return self._policy(call)
            case "GetRolePolicy":
                return error_answer(call, "NoSuchEntity", "The role cannot be found.", 404)
            case "ListDistributions":
                return Answer(body=self._distributions().encode())
        return error_answer(call, "AccessDenied", "Not in this test.", 403)

    def _bucket(self, url: SplitResult) -> Answer:
        """As S3 answers: a redirect from another region, without a body; 403 for another account's bucket."""
        bucket = next((name for name in self.buckets if name in url.netloc + url.path), "")
        if not bucket:
            return Answer(404)
        region = self.buckets[bucket]
        header = {"x-amz-bucket-region": region}
        if region == "of another account":
            return Answer(403, headers={"x-amz-bucket-region": ELSEWHERE})
        return Answer(200 if f"s3.{region}." in url.netloc else 301, headers=header)

    def _policy(self, call: Call) -> Answer:
        (name,) = parse_qs(call.body.decode() if isinstance(call.body, bytes) else call.body)["RoleName"]
        arn = f"arn:aws:logs:{self.role_region}:{ACCOUNT}:log-group:/aws/lambda/{name}"
        document = quote(json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": [arn]}]}))
        result = (
            f"<RoleName>{name}</RoleName><PolicyName>{name}</PolicyName><PolicyDocument>{document}</PolicyDocument>"
        )
        body = f"<GetRolePolicyResponse><GetRolePolicyResult>{result}</GetRolePolicyResult></GetRolePolicyResponse>"
        return Answer(body=body.encode())

    def _distributions(self) -> str:
        if not self.distribution_region:
            return "<DistributionList><IsTruncated>false</IsTruncated><Quantity>0</Quantity></DistributionList>"
        host = f"tintype-prod-derivatives-{ACCOUNT}.s3.{self.distribution_region}.amazonaws.com"
        origins = f"<Origins><Items><Origin><DomainName>{host}</DomainName></Origin></Items></Origins>"
        item = f"<DistributionSummary><Id>E1</Id>{origins}</DistributionSummary>"
        return f"<DistributionList><IsTruncated>false</IsTruncated><Items>{item}</Items></DistributionList>"


def target_of(account: Account) -> Target:
    return Target("prod", ACCOUNT, REGION, "aws", new_session(account.respond), Path("builds"))


@pytest.mark.parametrize(
    ("account", "resource"),
    [
        (lambda: Account(buckets={ORIGINALS: ELSEWHERE}), f"bucket {ORIGINALS}"),
        (lambda: Account(buckets={PAGE: ELSEWHERE}), f"bucket {PAGE}"),
        (lambda: Account(role_region=ELSEWHERE), "role tintype-prod-api_handler"),
        (lambda: Account(distribution_region=ELSEWHERE), "CloudFront distribution E1"),
    ],
    ids=["originals", "page", "role", "distribution"],
)
def test_library_in_another_region_is_named_and_nothing_changed(account: Callable[[], Account], resource: str) -> None:
    found = account()
    with pytest.raises(UserError) as raised:
        location.check_region(target_of(found), with_cdn=True)
    assert str(raised.value) == (
        f"Library prod of account {ACCOUNT} is in {ELSEWHERE}, as {resource} shows, and not in {REGION}. Nothing was "
        f"changed: `export AWS_DEFAULT_REGION={ELSEWHERE}` to use that library, or choose another STAGE for one here."
    )
    assert set(found.operations) <= set(READS)


@pytest.mark.parametrize(
    "account",
    [
        Account(),
        Account(buckets={ORIGINALS: REGION}, role_region=REGION, distribution_region=REGION),  # what `destroy` left
    ],
    ids=["new", "here"],
)
def test_library_that_is_nowhere_else_is_fine(account: Account) -> None:
    location.check_region(target_of(account), with_cdn=True)


def test_cloudfront_is_asked_only_if_it_is_used() -> None:
    account = Account()
    location.check_region(target_of(account))
    assert READS[-1] not in account.operations


def test_bucket_of_another_account_is_reported() -> None:
    account = Account(buckets={PAGE: "of another account"})
    with pytest.raises(UserError, match=f"Bucket {PAGE} belongs to another AWS account: choose another STAGE"):
        location.check_region(target_of(account))


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_refuses_before_it_changes_anything(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(buckets={ORIGINALS: ELSEWHERE, PAGE: ELSEWHERE})
    monkeypatch.setattr(cli, "resolve_target", lambda *_: target_of(account))
    with pytest.raises(SystemExit, match=f"Library prod of account {ACCOUNT} is in {ELSEWHERE}"):
        cli.main([command, "--stage", "prod", "--email", "me@example.org", "--yes", "1", "--originals", "delete"])
    assert set(account.operations) <= set(READS)


def test_region_of_a_role_is_in_every_policy() -> None:
    for path in (PROJECT / ".chalice").glob("policy-*.json"):
        assert re.search(r"arn:aws:logs:", path.read_text()), path
