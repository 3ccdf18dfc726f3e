"""Error responses of API Gateway itself."""

import pytest

from infrastructure.deploy.gateway import ERROR_RESPONSES


@pytest.mark.parametrize(
    "response_type", ["MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "EXPIRED_TOKEN", "RESOURCE_NOT_FOUND"]
)
def test_unknown_path_is_not_found_for_any_authorization_header(response_type: str) -> None:
    response = ERROR_RESPONSES[response_type]
    assert (response.status, response.code) == (404, "not_found")


def test_default_responses_are_defined() -> None:
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= ERROR_RESPONSES.keys()
