"""AWS's errors in one line that says what to do.

Every command is a sequence of idempotent calls, so after each error the same command continues.
"""

import re
from collections.abc import Iterable

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
    WaiterError,
)
from botocore.exceptions import ConnectionError as AwsConnectionError

NO_CONNECTION = (AwsConnectionError, HTTPClientError)
NOT_SIGNED_IN = (
    CredentialRetrievalError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
AGAIN = "run this command again; it continues where it stopped."
SIGN_IN = (
    "run `aws sso login` or `aws configure`, or set AWS_PROFILE, check with `aws sts get-caller-identity`, and " + AGAIN
)
NOT_VALID = f"the credentials are expired or invalid, or the account has not enabled this region: {SIGN_IN}"
NOT_ALLOWED = f"the AWS user lacks this permission: add it, and {AGAIN}"
NOT_ACTIVATED = f"the account may not use this service here yet: activate it, or choose another region, and {AGAIN}"
NOT_VERIFIED = "contact AWS support; until then, deploy with CDN=no."
QUOTA = (
    "a quota of the account is used up: wait if it is a daily one, request an increase under Service Quotas in the "
    f"console, or delete what you don't need; then {AGAIN}"
)
THROTTLED = f"AWS is throttling the account: wait a few minutes, and {AGAIN}"
TAKEN = "the name is taken: choose another STAGE, or delete what has the name if nothing uses it."
BUSY = f"another change is in progress: wait a minute, and {AGAIN}"
# Of each list, the first pattern that matches decides.
ADVICE_BY_CODE = [
    (
        r"ExpiredToken|RequestExpired|TokenRefreshRequired|InvalidClientTokenId|UnrecognizedClient|InvalidToken",
        NOT_VALID,
    ),
    (r"InvalidAccessKeyId|Signature|AuthFailure|^400$", NOT_VALID),  # HEAD has no body: S3 only sends the status
    (r"OptInRequired|SubscriptionRequired", NOT_ACTIVATED),
    (r"AccessDenied|Unauthorized|NotAuthorized|Forbidden|^403$", NOT_ALLOWED),
    (r"Throttl|TooManyRequests|RequestLimit|BandwidthLimit|SlowDown|PriorRequest|ThroughputExceeded|^429$", THROTTLED),
    (r"Quota|LimitExceeded|TooManyBuckets|CodeStorageExceeded", QUOTA),
    (r"AlreadyExist|NameExists|AlreadyOwnedByYou", TAKEN),
    (r"InUse|Conflict|OperationAborted|ConcurrentModification|NotReady", BUSY),
]
ADVICE_BY_TEXT = [  # CloudFormation passes errors on as text
    (r"(?i)account must be verified", NOT_VERIFIED),
    (r"(?i)already exists|already associated", TAKEN),
    (r"(?i)rate exceeded|throttl|(request|bandwidth) ?limit ?exceeded", THROTTLED),
    (r"(?i)quota|limit ?exceeded|exceeded the .*limit|maximum number", QUOTA),
    (r"(?i)token.* expired", NOT_VALID),
    (r"(?i)not authorized|access ?denied", NOT_ALLOWED),
]
LOGGED = re.compile(
    r"(Waiter (?P<waiter>\w+) failed: )?An error occurred \((?P<code>[\w.]+)\)"
    r"(?(waiter)| when calling the (?P<operation>\w+) operation( \(.*?\))?): "
)


def explain(error: ClientError | BotoCoreError) -> str:
    """What failed and what to do, in one line."""
    match error:
        case ClientError():
            details = error.response.get("Error", {})
            return _explain_code(details.get("Code", ""), error.operation_name, details.get("Message", ""))
        case WaiterError() if "Error" in (error.last_response or {}):
            details = error.last_response["Error"]
            return _explain_code(details.get("Code", ""), error.kwargs["name"], details.get("Message", ""))
        case WaiterError():
            return f"AWS has not finished in time ({_one_line(error)}): wait a few minutes, and {AGAIN}"
        case _ if isinstance(error, NOT_SIGNED_IN):
            return f"Cannot sign in to AWS ({_one_line(error)}): {SIGN_IN}"
        case _ if isinstance(error, NO_CONNECTION):
            return f"Cannot reach AWS ({_one_line(error)}): check the network and the region's name, and {AGAIN}"
        case _:
            return f"Cannot call AWS ({_one_line(error)}): correct this, and {AGAIN}"


def explain_log(text: str) -> str:
    """The last error of AWS in a program's output, explained; "" if there is none."""
    for paragraph in reversed(re.split(r"\n\s*\n", text)):
        line = " ".join(paragraph.split())
        if found := list(LOGGED.finditer(line)):
            last = found[-1]
            return _explain_code(last["code"], last["operation"] or last["waiter"], line[last.end() :])
    return ""


def advise(reason: str) -> str:
    """What to do about a failure for which CloudFormation gives this reason."""
    return _first_match(ADVICE_BY_TEXT, reason) or f"correct this, and {AGAIN}"


def _explain_code(code: str, operation: str, message: str) -> str:
    advice = _first_match(ADVICE_BY_TEXT[:1], message) or _first_match(ADVICE_BY_CODE, code) or AGAIN
    return f"{operation} failed ({code}: {' '.join(message.split()).rstrip('.')}): {advice}"


def _first_match(advice: Iterable[tuple[str, str]], text: str) -> str:
    return next((each for pattern, each in advice if re.search(pattern, text)), "")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
