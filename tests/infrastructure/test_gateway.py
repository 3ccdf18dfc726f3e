"""What the gateway answers itself, before or instead of the app."""

import pytest

from infrastructure.deploy.gateway import REFUSALS


@pytest.mark.parametrize(
    "kind", ["MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "EXPIRED_TOKEN", "RESOURCE_NOT_FOUND"]
)
def test_where_there_is_no_method_there_is_nothing_whatever_authorization_holds(kind: str) -> None:
    refusal = REFUSALS[kind]
    assert (refusal.status, refusal.code) == (404, "not_found")


def test_whatever_has_no_words_of_its_own_has_some() -> None:
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= REFUSALS.keys()
