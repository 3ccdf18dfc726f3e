"""AWS's faults during a deployment, in the calls of this process, by a clock of which a second passes quickly."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infrastructure.deploy.target import PROJECT
from tests.support.aws_http import Answer, Call, Respond, answer_calls, error_answer

CREATING_SECONDS = 20.0  # of an event source mapping
SPEED = 20
THROTTLED_CALL = 10  # of ten calls, the last
REFUSED = (
    "Access denied for operation 'AWS::CloudFront::Distribution: Your account must be verified before you can add new "
    "CloudFront resources. To verify your account, please contact AWS Support'."
)


class Faults:
    """Throttled calls, event source mappings that are still being created, and a CloudFront that may be refused."""

    def __init__(self, session: Any) -> None:
        self.now = 0.0
        self.active = False
        self.throttled = 0
        self.seen_creating = 0
        self.mapping_seen_at: float | None = None
        self.refused = False  # CloudFront is
        throttle = throttle_calls()

        def respond(call: Call) -> Answer | None:
            if not self.active:
                return None
            if answer := throttle(call):
                self.throttled += 1
                return answer
            if call.operation in ("UpdateEventSourceMapping", "DeleteEventSourceMapping") and self._is_creating():
                return error_answer(call, "ResourceInUseException", "The event source mapping is in use.")
            return None

        answer_calls(session.events, respond)
        session.events.register("after-call.lambda.ListEventSourceMappings", self._report_creating)
        session.events.register("provide-client-params.cloudformation.CreateChangeSet", self._refuse_cloudfront)
        session.events.register("after-call.cloudformation.DescribeStackEvents", self._report_refusal)

    def sleep(self, seconds: float) -> None:
        """Let this many seconds pass."""
        self.now += seconds
        time.sleep(seconds / SPEED)

    @contextmanager
    def injected(self) -> Iterator[None]:
        """Faults in the calls of this block, which are repeated by the same clock."""
        self.active = True
        try:
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr("botocore.endpoint.time", SimpleNamespace(sleep=self.sleep))
                yield
        finally:
            self.active = False

    @contextmanager
    def refused_cloudfront(self) -> Iterator[None]:
        """No CloudFront in this block: its stack fails, for a name that is taken, but with AWS's reason."""
        self.refused = True
        try:
            yield
        finally:
            self.refused = False

    def _is_creating(self) -> bool:
        return self.mapping_seen_at is None or self.now - self.mapping_seen_at < CREATING_SECONDS

    def _report_creating(self, parsed: Any, **_: Any) -> None:
        mappings = parsed.get("EventSourceMappings", [])
        if mappings and self.mapping_seen_at is None:
            self.mapping_seen_at = self.now
        if self.active and mappings and self._is_creating():
            self.seen_creating += 1
            for mapping in mappings:
                mapping["State"] = "Creating"

    def _refuse_cloudfront(self, params: Any, **_: Any) -> Any:
        if not (self.refused and params["StackName"].endswith("-cdn")):
            return params
        parameters = {each["ParameterKey"]: {"Type": "String"} for each in params["Parameters"]}
        config = {"Name": "refused", "CallerReference": "refused", "EncodedKey": "-----BEGIN PUBLIC KEY-----"}
        key = {"Type": "AWS::CloudFront::PublicKey", "Properties": {"PublicKeyConfig": config}}
        resources = {"OtherKey": key, "PageDistribution": {**key, "DependsOn": "OtherKey"}}
        template = {"Parameters": parameters, "Resources": resources}
        return params | {"TemplateBody": json.dumps(template)}

    def _report_refusal(self, parsed: Any, **_: Any) -> None:
        for event in parsed.get("StackEvents", []):
            if event["LogicalResourceId"] == "PageDistribution" and event["ResourceStatus"] == "CREATE_FAILED":
                event["ResourceStatusReason"] = REFUSED


def throttle_calls() -> Respond:
    """Throttles every tenth call."""
    calls = count(1)

    def respond(call: Call) -> Answer | None:
        return error_answer(call, "Throttling", "Rate exceeded", 429) if next(calls) % THROTTLED_CALL == 0 else None

    return respond


def expire_credentials(when: str) -> Respond:
    """Lets the credentials of a process expire with a call: "PROCESS NUMBER"."""
    process, number = when.split()
    calls = count(1)

    def respond(call: Call) -> Answer | None:
        if Path(sys.argv[0]).name != process or next(calls) < int(number):
            return None
        return error_answer(call, "ExpiredToken", "The security token included in the request is expired")

    return respond


# As a plugin of botocore, the module also reaches the processes that a command starts; each counts its own calls.
PLUGIN = {"BOTOCORE_EXPERIMENTAL__PLUGINS": f"faults={__name__}", "PYTHONPATH": str(PROJECT)}
EXPIRES_AT = "CREDENTIALS_EXPIRE_AT"
COMMAND, CHALICE = "__main__.py", "-c"  # as in sys.argv
_respond = expire_credentials(os.environ[EXPIRES_AT]) if EXPIRES_AT in os.environ else throttle_calls()


def initialize_client_plugin(client: Any) -> None:
    """Let the calls of this client fail: they are throttled, or their credentials expire."""
    answer_calls(client.meta.events, _respond)
