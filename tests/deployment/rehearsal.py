"""A library deployed to the local services by its own command, and what a client can observe of it."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infrastructure.deploy import cdn, chalice_state, deployment, layers, release, settings
from infrastructure.deploy.deployment import STEPS, Deployment, Step
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import PROJECT, Target, resolve_target
from local import services
from local.ports import HOST
from local.services import Access, Services
from tests.deployment.faults import Faults

STAGE = "rehearsal"
EMAIL = "first@tintype.example"
TIMEOUT_SECONDS = 60
PASSWORD = "a-password-of-its-own"


@dataclass
class Rehearsal:
    """The deployed library, reached through API Gateway and AWS clients."""

    services: Services
    target: Target
    faults: Faults | None = None  # of its own calls, while they are injected
    refusal: str = ""  # the error when CloudFront was refused
    without_page: dict[str, Any] = field(default_factory=dict)  # what there was then
    seen_log_lines: set[tuple[str, str]] = field(default_factory=set)  # (log stream, line)

    def client(self, service: str) -> Any:
        """A boto3 client of the local services."""
        return self.services.client(service)

    @cached_property
    def outputs(self) -> dict[str, str]:
        """Outputs of the core stack."""
        return self.deployment.outputs

    @property
    def deployment(self) -> Deployment:
        """The deployment that the command runs."""
        sleep = self.faults.sleep if self.faults else time.sleep
        return Deployment(self.target, EMAIL, with_cdn=True, report=lambda _: None, sleep=sleep)

    @property
    def cdn_outputs(self) -> dict[str, str]:
        """Outputs of the CDN stack."""
        return self.deployment.stacks.outputs(self.target.cdn_stack_name)

    @property
    def public_keys(self) -> dict[str, rsa.RSAPublicKey]:
        """CloudFront's public keys by key id."""
        parameters, keys = self.deployment.stacks.parameters(self.target.cdn_stack_name), {}
        for name in cdn.KEY_SLOTS:
            if parameters.get(name):
                key = serialization.load_pem_public_key(parameters[name].encode())
                assert isinstance(key, rsa.RSAPublicKey)
                keys[self.cdn_outputs[f"{name}Id"]] = key
        return keys

    def image_key(self) -> str:
        """The setting with the signing key."""
        return settings.read(self.client("ssm"), self.target.parameter_name(cdn.SIGNING_KEY_SETTING))

    def command(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run the command on this library, with extra environment variables."""
        options = [*arguments, "--stage", STAGE, "--builds", str(self.target.builds_dir)]
        return run_deploy(*options, environment={**self.services.environment(), **extra})

    def get_json(self, path: str) -> tuple[int, Any]:
        """Status and JSON body of an unauthenticated GET."""
        return self.request_json("GET", path)

    def request_json(self, method: str, path: str, *, token: str | None = None, body: Any = None) -> tuple[int, Any]:
        """Status and JSON body of a request."""
        headers = {"Accept": "*/*"} | ({"Authorization": f"Bearer {token}"} if token else {})
        status, _, content = self.request(method, path, headers, json.dumps(body) if body is not None else None)
        return status, json.loads(content or "null")

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body of a request with exactly these headers."""
        connection = http.client.HTTPConnection(HOST, self.services.port, timeout=60)
        host = f"{self.deployment.api_id}.execute-api.localhost:{self.services.port}"
        with closing(connection):
            connection.request(method, f"/api{path}", body=body, headers={"Host": host, **headers})
            response = connection.getresponse()
            return response.status, dict(response.headers), response.read()

    def wait_for_photos(self, path: str, token: str | None = None) -> list[Any]:
        """The items of a list, once events have been processed and it is not empty."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            status, body = self.request_json("GET", path, token=token)
            assert status == 200, body
            if body["items"]:
                return list(body["items"])
            time.sleep(0.3)
        raise TimeoutError(f"no items at {path}")

    @cached_property
    def token(self) -> str:
        """An id token of the library's owner."""
        return self.sign_in(EMAIL)

    def sign_in(self, email: str) -> str:
        """An id token of a user."""
        cognito, pool = self.client("cognito-idp"), self.outputs["UserPoolId"]
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
        response = cognito.admin_initiate_auth(
            UserPoolId=pool,
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
        )
        return str(response["AuthenticationResult"]["IdToken"])

    def state(self) -> dict[str, Any]:
        """Everything that a deployment sets, including versions and modification times."""
        lambdas, gateway = self.client("lambda"), self.client("apigateway")
        stacks, logs = self.client("cloudformation"), self.client("logs")
        functions = chalice_state.find_functions(self.target)
        api = self.deployment.api_id
        state: dict[str, Any] = {
            name: {key: value for key, value in stack.items() if key != "ResponseMetadata"}
            for name in (self.target.stack_name, self.target.cdn_stack_name)
            for stack in stacks.describe_stacks(StackName=name)["Stacks"]
        }
        state |= {name: lambdas.get_function(FunctionName=arn)["Configuration"] for name, arn in functions.items()}
        state["triggers"] = [
            lambdas.get_function_event_invoke_config(FunctionName=f"{self.target.stack_name}-{name}")["LastModified"]
            for name in ("ingest_photo", "sweep")
        ]
        state["mappings"] = lambdas.list_event_source_mappings()["EventSourceMappings"]
        state["layers"] = lambdas.list_layer_versions(LayerName=layers.name(self.target))["LayerVersions"]
        state["apis"] = gateway.get_rest_apis()["items"]
        state["stages"] = gateway.get_stages(restApiId=api)["item"]
        state["deployments"] = gateway.get_deployments(restApiId=api)["items"]
        state["settings"] = {
            name: self.client("ssm").get_parameter(Name=name)["Parameter"]["Version"]
            for name in map(
                self.target.parameter_name, ("link-secret", "id-secret", "image-key", "library-owner", "release")
            )
        }
        # Without storedBytes: a function may log at any time.
        state["logs"] = [
            (group["logGroupName"], group["creationTime"], group.get("retentionInDays"))
            for group in logs.describe_log_groups()["logGroups"]
        ]
        state["page"] = self.page_objects()
        state["users"] = self.client("cognito-idp").list_users(UserPoolId=self.outputs["UserPoolId"])["Users"]
        return state

    def new_errors(self) -> list[str]:
        """Errors in the functions' logs since the last call, with the function's name."""
        errors = set[str]()
        for handler in release.handlers():
            function = release.function_name(self.target, handler)
            events = self.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}", limit=10_000)[
                "events"
            ]
            new = {(event["logStreamName"], event["message"]) for event in events} - self.seen_log_lines
            self.seen_log_lines |= new
            errors |= {f"{function}: {error}" for _, line in new if (error := error_in(line))}
        return sorted(errors)

    def page_objects(self) -> dict[str, tuple[str, str]]:
        """Cache-Control and modification time of each object of the page."""
        s3, bucket = self.client("s3"), self.outputs["PageBucket"]
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        heads = {key: s3.head_object(Bucket=bucket, Key=key) for key in keys}
        return {key: (head["CacheControl"], str(head["LastModified"])) for key, head in heads.items()}


def error_in(line: str) -> str | None:
    """The error in a log line: a logged error, or the last line of a traceback; None if there is none."""
    if line.startswith("{"):
        entry = json.loads(line)
        is_error = entry.get("level") in ("ERROR", "CRITICAL")
        return str(entry.get("exception") or entry["message"]).splitlines()[-1] if is_error else None
    ordinary = line.startswith((" ", "START ", "END ", "REPORT ", "Traceback "))
    return line if line and not ordinary else None


def run_deploy(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the deployment command without AWS variables other than these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "infrastructure.deploy", *arguments],
        cwd=PROJECT,
        env={**clean, "AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def run_cloud(data: Path, **extra: str) -> Iterator[Services]:
    """Local services that this process uses in place of AWS."""
    opened = services.run_services(data, access=Access.OPEN, extra_env=extra)
    with opened as running, pytest.MonkeyPatch.context() as patched:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # they would take precedence over the file's
            patched.delenv(name, raising=False)
        for name, value in running.environment().items():
            patched.setenv(name, value)
        yield running


def rehearsal_target(builds: Path, stage: str = STAGE) -> Target:
    """The target of this process's credentials."""
    return resolve_target(stage, builds)


def interrupt_after_each_step(rehearsal: Rehearsal) -> None:
    """Run the deployment again and again, each time one step further, but never to its end; with AWS's faults."""
    rehearsal.faults = faults = Faults(rehearsal.target.session)
    with faults.injected():
        for number in range(1, len(STEPS)):
            if STEPS[number - 1].name == "CDN":
                _refuse_cloudfront(rehearsal, STEPS[:number])
            deployment.run(rehearsal.deployment, STEPS[:number])


def _refuse_cloudfront(rehearsal: Rehearsal, steps: Sequence[Step]) -> None:
    """Run the steps without CloudFront, and record the error and what there is then.

    Nothing is asked of the API: its function would remember the settings of a library without a page for five minutes.
    """
    assert rehearsal.faults
    with (
        rehearsal.faults.refused_cloudfront(),
        pytest.raises(UserError) as raised,
    ):
        deployment.run(rehearsal.deployment, steps)
    rehearsal.refusal = str(raised.value)
    ssm = rehearsal.client("ssm")
    rehearsal.without_page = {
        "stack": rehearsal.deployment.stacks.status(rehearsal.target.cdn_stack_name),
        "api-url": settings.read(ssm, rehearsal.target.parameter_name("api-url")),
        "owner": settings.read(ssm, rehearsal.target.parameter_name("library-owner")),
    }
