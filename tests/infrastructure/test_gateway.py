"""Error responses and limits of API Gateway itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.openapi.document import document
from infrastructure.deploy import gateway
from infrastructure.deploy.gateway import ERROR_RESPONSES
from infrastructure.deploy.target import Target


@pytest.mark.parametrize(
    "response_type", ["MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "EXPIRED_TOKEN", "RESOURCE_NOT_FOUND"]
)
def test_unknown_path_is_not_found_for_any_authorization_header(response_type: str) -> None:
    response = ERROR_RESPONSES[response_type]
    assert (response.status, response.code) == (404, "not_found")


def test_default_responses_are_defined() -> None:
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= ERROR_RESPONSES.keys()


class Gateway:
    """API Gateway's stage, which returns a method's key as it was sent, without its first slash, or escaped."""

    def __init__(self, returned: Callable[[str], str]) -> None:
        self.returned = returned
        self.settings: dict[str, dict[str, Any]] = {}
        self.updates = 0

    def client(self, *_: object, **__: object) -> "Gateway":
        return self

    def get_rest_api(self, **_: str) -> Any:
        return {"name": "tintype-prod"}

    def get_stage(self, **_: str) -> Any:
        return {"methodSettings": {self.returned(key): each for key, each in self.settings.items()}}

    def update_stage(self, patchOperations: Any, **_: str) -> None:  # noqa: N803 (botocore's name)
        self.updates += 1
        for operation in patchOperations:
            empty, path, verb, _, name = operation["path"].split("/")
            assert (empty, operation["op"]) == ("", "replace")
            number = float(operation["value"]) if name == "rateLimit" else int(operation["value"])
            key = f"{path.replace('~1', '/')}/{verb}"
            self.settings.setdefault(key, {})[f"throttling{name[0].upper()}{name[1:]}"] = number

    def get_gateway_responses(self, **_: object) -> Any:
        items = ({"responseType": name, **gateway.gateway_response(each)} for name, each in ERROR_RESPONSES.items())
        return {"items": list(items)}


@pytest.mark.parametrize(
    "returned",
    [
        str,
        lambda key: key.lstrip("/"),
        lambda key: key.rpartition("/")[0].replace("/", "~1") + "/" + key.split("/")[-1],
    ],
    ids=["as sent", "without slash", "escaped"],
)
def test_limits_are_set_once_and_reset_if_they_were_changed(returned: Callable[[str], str]) -> None:
    api = Gateway(returned)
    target = Target("prod", "123456789012", "eu-central-1", "aws", session=api, builds_dir=Path("builds"))
    for _ in range(2):
        gateway.configure(target, "api1")
        assert api.updates == 1
        limits = {
            key: gateway.Limit(each["throttlingRateLimit"], each["throttlingBurstLimit"])
            for key, each in api.settings.items()
        }
        assert limits == gateway.LIMITS
    api.settings["/random/GET"]["throttlingRateLimit"] = 1000.0
    gateway.configure(target, "api1")
    assert (api.updates, api.settings["/random/GET"]["throttlingRateLimit"]) == (2, 2.0)


@pytest.mark.parametrize("path", ["/openapi.json", "/random"])
def test_large_responses_to_anyone_have_lower_limits(path: str) -> None:
    assert all(gateway.LIMITS.get(f"{path}/{method}", gateway.LIMITS["*/*"]).rate <= 2 for method in ("GET", "HEAD"))


def test_lower_limits_are_those_of_routes_that_exist() -> None:
    routes = {f"{path}/{method.upper()}" for path, methods in document()["paths"].items() for method in methods}
    routes |= {f"{path}/HEAD" for path, methods in document()["paths"].items() if "get" in methods}
    assert gateway.LIMITS.keys() - {"*/*"} <= routes
    default = gateway.LIMITS["*/*"]
    assert (default.rate, default.burst) == (20, 10)
    assert all(each.rate < default.rate and each.burst < default.burst for each in list(gateway.LIMITS.values())[1:])
