"""Every error of AWS becomes one line that says what to do."""

import string
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError, WaiterError
from botocore.retries.standard import ThrottledRetryableChecker

from infrastructure.deploy import aws_errors


def client_error(code: str, message: str = "Some reason.") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "UpdateThing")


def subclasses(of: Any) -> Iterator[Any]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)


def build(error: Any) -> BotoCoreError:
    """The exception with every field that its message has."""
    names = [name for _, name, _, _ in string.Formatter().parse(error.fmt) if name]
    fields: dict[str, Any] = {name.partition(".")[0].partition("[")[0]: "x" for name in names}
    built: BotoCoreError = error(**fields)
    return built


BOTOCORE_ERRORS = [
    each
    for each in subclasses(BotoCoreError)
    if each.__module__ == exceptions.__name__ and each is not WaiterError and "__init__" not in vars(each)
]


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("ExpiredToken", aws_errors.NOT_VALID),
        ("ExpiredTokenException", aws_errors.NOT_VALID),
        ("RequestExpired", aws_errors.NOT_VALID),
        ("InvalidClientTokenId", aws_errors.NOT_VALID),  # also of a region that the account has not enabled
        ("UnrecognizedClientException", aws_errors.NOT_VALID),
        ("SignatureDoesNotMatch", aws_errors.NOT_VALID),
        ("400", aws_errors.NOT_VALID),  # of a HEAD with an expired token
        ("AccessDenied", aws_errors.NOT_ALLOWED),
        ("AccessDeniedException", aws_errors.NOT_ALLOWED),
        ("403", aws_errors.NOT_ALLOWED),
        ("OptInRequired", aws_errors.NOT_ACTIVATED),
        ("LimitExceeded", aws_errors.QUOTA),
        ("LimitExceededException", aws_errors.QUOTA),
        ("ServiceQuotaExceededException", aws_errors.QUOTA),
        ("TooManyBuckets", aws_errors.QUOTA),
        ("CodeStorageExceededException", aws_errors.QUOTA),
        ("Throttling", aws_errors.THROTTLED),
        ("TooManyRequestsException", aws_errors.THROTTLED),
        ("SlowDown", aws_errors.THROTTLED),
        ("RequestLimitExceeded", aws_errors.THROTTLED),
        ("BandwidthLimitExceeded", aws_errors.THROTTLED),
        ("EC2ThrottledException", aws_errors.THROTTLED),
        ("BucketAlreadyExists", aws_errors.TAKEN),
        ("EntityAlreadyExists", aws_errors.TAKEN),
        ("AlreadyExistsException", aws_errors.TAKEN),
        ("ResourceInUseException", aws_errors.BUSY),
        ("ConflictException", aws_errors.BUSY),
        ("InternalFailure", aws_errors.AGAIN),
    ],
)
def test_code_of_an_error_decides_the_advice(code: str, advice: str) -> None:
    assert aws_errors.explain(client_error(code)) == f"UpdateThing failed ({code}: Some reason): {advice}"


@pytest.mark.parametrize("code", sorted(ThrottledRetryableChecker._THROTTLED_ERROR_CODES))
def test_every_code_that_botocore_retries_as_throttling_has_advice(code: str) -> None:
    line = aws_errors.explain(client_error(code))
    # Of the same name, but quotas that only some services mean as throttling; the last is DynamoDB's.
    ambiguous = {"LimitExceededException", "TransactionInProgressException"}
    assert line.endswith(aws_errors.THROTTLED) or code in ambiguous


def test_refused_cloudfront_has_its_own_advice() -> None:
    message = "Your account must be verified before you can add new CloudFront resources."
    assert aws_errors.explain(client_error("AccessDenied", message)).endswith(aws_errors.NOT_VERIFIED)
    assert aws_errors.advise(f"Access denied for operation 'AWS::CloudFront::Distribution: {message}'.") == (
        aws_errors.NOT_VERIFIED
    )


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("tintype-prod-page-1 already exists", aws_errors.TAKEN),
        ("Domain already associated with another user pool. (Service: CognitoIdentityProvider)", aws_errors.TAKEN),
        ("Account has reached the maximum number of cache policies", aws_errors.QUOTA),
        ("Rate exceeded (Service: Lambda, Status Code: 429)", aws_errors.THROTTLED),
        ("Request limit exceeded. (Service: AmazonEC2; Error Code: RequestLimitExceeded)", aws_errors.THROTTLED),
        ("The security token included in the request is expired", aws_errors.NOT_VALID),
        ("User: x is not authorized to perform: sqs:CreateQueue", aws_errors.NOT_ALLOWED),
        ("Properties validation failed", f"correct this, and {aws_errors.AGAIN}"),
    ],
)
def test_reason_that_cloudformation_gives_decides_the_advice(reason: str, advice: str) -> None:
    assert aws_errors.advise(reason) == advice


@pytest.mark.parametrize("error", BOTOCORE_ERRORS, ids=lambda error: error.__name__)
def test_every_error_of_botocore_is_one_line_with_advice(error: Any) -> None:
    line = aws_errors.explain(build(error))
    assert line.endswith(aws_errors.AGAIN)
    assert "\n" not in line


@pytest.mark.parametrize(
    ("error", "start"),
    [
        (exceptions.NoCredentialsError(), "Cannot sign in to AWS (Unable to locate credentials): run `aws sso login`"),
        (exceptions.ProfileNotFound(profile="x"), "Cannot sign in to AWS (The config profile (x) could not be found)"),
        (exceptions.UnauthorizedSSOTokenError(), "Cannot sign in to AWS"),
        (exceptions.EndpointConnectionError(endpoint_url="https://sts.eu-x.amazonaws.com"), "Cannot reach AWS"),
        (exceptions.ReadTimeoutError(endpoint_url="https://s3.amazonaws.com"), "Cannot reach AWS"),
        (exceptions.InvalidRegionError(region_name="eu central"), "Cannot call AWS (Provided region_name 'eu central'"),
    ],
    ids=["credentials", "profile", "sso", "endpoint", "timeout", "region"],
)
def test_kind_of_error_is_named(error: BotoCoreError, start: str) -> None:
    assert aws_errors.explain(error).startswith(start)


def test_waiter_that_met_an_error_is_explained_by_the_error() -> None:
    response = {"Error": {"Code": "ExpiredToken", "Message": "Expired."}}
    met = WaiterError(name="ChangeSetCreateComplete", reason="An error occurred", last_response=response)
    assert aws_errors.explain(met) == f"ChangeSetCreateComplete failed (ExpiredToken: Expired): {aws_errors.NOT_VALID}"
    late = WaiterError(name="DistributionDeployed", reason="Max attempts exceeded", last_response={"Distribution": {}})
    assert aws_errors.explain(late).startswith("AWS has not finished in time (Waiter DistributionDeployed failed")


CHALICE_ERROR = """Creating deployment package.
Traceback (most recent call last):
botocore.exceptions.ClientError: An error occurred (Throttling) when calling the GetRole operation: Rate exceeded

During handling of the above exception, another exception occurred:

chalice.deploy.deployer.ChaliceDeploymentError: ERROR - While deploying your chalice application, received the following
error:

 An error occurred (ExpiredTokenException) when calling the UpdateFunctionCode operation (reached max
 retries: 7): The security token included in the request is
 expired

"""


def test_last_error_in_the_log_of_chalice_is_explained() -> None:
    expected = (
        "UpdateFunctionCode failed (ExpiredTokenException: The security token included in the request is expired)"
    )
    assert aws_errors.explain_log(CHALICE_ERROR) == f"{expected}: {aws_errors.NOT_VALID}"
    assert aws_errors.explain_log("LookupError: missing file") == ""


def test_error_of_a_waiter_in_a_log_names_what_was_waited_for() -> None:
    log = "WaiterError: Waiter FunctionActive failed: An error occurred (ExpiredToken): It is expired."
    expected = f"FunctionActive failed (ExpiredToken: It is expired): {aws_errors.NOT_VALID}"
    assert aws_errors.explain_log(log) == expected
    assert aws_errors.explain_log("An error occurred (ExpiredToken): It is expired.") == ""
