"""One library in the local cloud, deployed by its own command, and everything that can be seen of it from outside."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infrastructure.deploy import cdn, chalice_state, deployment, release, settings
from infrastructure.deploy.deployment import STAGES, Deployment
from infrastructure.deploy.target import PROJECT, Place, find
from local import services
from local.ports import HOST
from local.services import Services

STAGE = "rehearsal"
EMAIL = "first@tintype.example"
PATIENCE_SECONDS = 60
PASSWORD = "a-password-of-its-own"


@dataclass
class Rehearsal:
    """The library as it runs in the cloud's own functions, behind its gateway."""

    services: Services
    place: Place
    heard: set[tuple[str, str]] = field(default_factory=set)  # lines of its logs, each with its stream's name

    def client(self, service: str) -> Any:
        """A boto3 client of one of its services."""
        return self.services.client(service)

    @cached_property
    def outputs(self) -> dict[str, str]:
        """What its stack made."""
        return self.deployment.outputs

    @property
    def deployment(self) -> Deployment:
        """The deployment that the command makes of its arguments."""
        return Deployment(self.place, EMAIL, address=True, say=lambda _: None)

    @property
    def address(self) -> dict[str, str]:
        """What the stack of its address made."""
        return self.deployment.stacks.outputs(self.place.cdn_stack)

    @property
    def signers(self) -> dict[str, rsa.RSAPublicKey]:
        """The keys that CloudFront knows, by its ids of them."""
        told, found = self.deployment.stacks.parameters(self.place.cdn_stack), {}
        for name in cdn.PLACES:
            if told.get(name):
                key = serialization.load_pem_public_key(told[name].encode())
                assert isinstance(key, rsa.RSAPublicKey)
                found[self.address[f"{name}Id"]] = key
        return found

    def image_key(self) -> str:
        """The setting that images are signed with."""
        return settings.read(self.client("ssm"), self.place.parameter(cdn.SETTING))

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What the command says, ended as it ends."""
        told = [*arguments, "--stage", STAGE, "--builds", str(self.place.builds)]
        return run(*told, environment=self.services.environment())

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of one GET through the gateway, by nobody."""
        return self.call("GET", path)

    def call(self, method: str, path: str, *, token: str | None = None, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of one call through the gateway."""
        headers = {"Accept": "*/*"} | ({"Authorization": f"Bearer {token}"} if token else {})
        status, _, answer = self.answer(method, path, headers, json.dumps(body) if body is not None else None)
        return status, json.loads(answer or "null")

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and bytes of one call through the gateway, sent with these headers and no others."""
        connection = http.client.HTTPConnection(HOST, self.services.port, timeout=60)
        host = f"{self.deployment.api}.execute-api.localhost:{self.services.port}"
        with closing(connection):
            connection.request(method, f"/api{path}", body=body, headers={"Host": host, **headers})
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()

    def await_photos(self, path: str, token: str | None = None) -> list[Any]:
        """What a listing holds as soon as it holds something; the events are on their way."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            status, body = self.call("GET", path, token=token)
            assert status == 200, body
            if body["items"]:
                return list(body["items"])
            time.sleep(0.3)
        raise TimeoutError(f"nothing came at {path}")

    @cached_property
    def token(self) -> str:
        """An id token of the library's owner, who has chosen a password."""
        cognito, pool = self.client("cognito-idp"), self.outputs["UserPoolId"]
        cognito.admin_set_user_password(UserPoolId=pool, Username=EMAIL, Password=PASSWORD, Permanent=True)
        answer = cognito.admin_initiate_auth(
            UserPoolId=pool,
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": EMAIL, "PASSWORD": PASSWORD},
        )
        return str(answer["AuthenticationResult"]["IdToken"])

    def state(self) -> dict[str, Any]:
        """Everything that a deployment sets, with the marks that AWS makes at each change."""
        lambdas, gateway = self.client("lambda"), self.client("apigateway")
        stacks, logs = self.client("cloudformation"), self.client("logs")
        functions = chalice_state.functions(self.place)
        api = self.deployment.api
        held: dict[str, Any] = {
            name: {key: value for key, value in stack.items() if key != "ResponseMetadata"}
            for name in (self.place.stack, self.place.cdn_stack)
            for stack in stacks.describe_stacks(StackName=name)["Stacks"]
        }
        held |= {name: lambdas.get_function(FunctionName=arn)["Configuration"] for name, arn in functions.items()}
        held["triggers"] = [
            lambdas.get_function_event_invoke_config(FunctionName=f"{self.place.stack}-{name}")["LastModified"]
            for name in ("ingest_photo", "sweep")
        ]
        held["mappings"] = lambdas.list_event_source_mappings()["EventSourceMappings"]
        held["apis"] = gateway.get_rest_apis()["items"]
        held["stages"] = gateway.get_stages(restApiId=api)["item"]
        held["deployments"] = gateway.get_deployments(restApiId=api)["items"]
        held["settings"] = {
            name: self.client("ssm").get_parameter(Name=name)["Parameter"]["Version"]
            for name in map(self.place.parameter, ("link-secret", "id-secret", "image-key", "library-owner", "release"))
        }
        held["logs"] = logs.describe_log_groups()["logGroups"]
        held["page"] = self.page()
        held["people"] = self.client("cognito-idp").list_users(UserPoolId=self.outputs["UserPoolId"])["Users"]
        return held

    def complaints(self) -> list[str]:
        """What went wrong in its functions since this was asked last, by their logs: whose, and what was raised."""
        told = set[str]()
        for handler in release.handlers():
            function = release.function_name(self.place, handler)
            events = self.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}", limit=10_000)[
                "events"
            ]
            new = {(event["logStreamName"], event["message"]) for event in events} - self.heard
            self.heard |= new
            told |= {f"{function}: {said}" for _, line in new if (said := complaint(line))}
        return sorted(told)

    def page(self) -> dict[str, tuple[str, str]]:
        """Caching and time of each file of the page."""
        s3, bucket = self.client("s3"), self.outputs["PageBucket"]
        keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        found = {key: s3.head_object(Bucket=bucket, Key=key) for key in keys}
        return {key: (told["CacheControl"], str(told["LastModified"])) for key, told in found.items()}


def complaint(line: str) -> str | None:
    """What a line of a function's log says went wrong: an error of its own, or the end of a traceback."""
    if line.startswith("{"):
        told = json.loads(line)
        wrong = told.get("level") in ("ERROR", "CRITICAL")
        return str(told.get("exception") or told["message"]).splitlines()[-1] if wrong else None
    ordinary = line.startswith((" ", "START ", "END ", "REPORT ", "Traceback "))
    return line if line and not ordinary else None


def run(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The deployment's own command in an environment of nobody but these."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "infrastructure.deploy", *arguments],
        cwd=PROJECT,
        env={**plain, "AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def cloud(data: Path, **extra: str) -> Iterator[Services]:
    """A local cloud, where this process finds it as it would find AWS."""
    with services.run_services(data, extra_env=extra) as running, pytest.MonkeyPatch.context() as patched:
        for name, value in running.environment().items():
            patched.setenv(name, value)
        yield running


def place(builds: Path, stage: str = STAGE) -> Place:
    """Where the credentials of this process lead."""
    return find(stage, builds)


def break_off_after_each_stage(rehearsal: Rehearsal) -> None:
    """Begin the deployment anew again and again, each time it ends one stage later, and never comes to its end."""
    for number in range(1, len(STAGES)):
        deployment.run(rehearsal.deployment, STAGES[:number])
