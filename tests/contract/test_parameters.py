from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from chalicelib.aws.ssm import ParameterStore
from chalicelib.errors import Unavailable
from tests.contract.conftest import CLOUD, MOTO

type Put = Callable[..., None]


@dataclass
class ParameterFixture:
    """A parameter store with a path for this test only."""

    ssm: Any
    path: str

    def put(self, name: str, value: str, kind: str = "String") -> None:
        self.ssm.put_parameter(Name=f"{self.path}{name}", Value=value, Type=kind)

    def below(self) -> dict[str, str]:
        return ParameterStore(self.ssm).get_all(self.path)


@pytest.fixture(params=[MOTO, CLOUD])
def parameters(request: pytest.FixtureRequest) -> Iterator[ParameterFixture]:
    """An empty path of each kind."""
    if request.param == "moto":
        with mock_aws():
            yield ParameterFixture(request.getfixturevalue("moto_clients").get("ssm"), "/tests/one")
    else:
        ssm = request.getfixturevalue("cloud_clients").get("ssm")
        yield ParameterFixture(ssm, f"/tests/{request.node.name.partition('[')[0]}")


def test_path_without_parameters_returns_an_empty_dict(parameters: ParameterFixture) -> None:
    assert parameters.below() == {}


def test_values_are_keyed_by_the_last_segment_of_their_name(parameters: ParameterFixture) -> None:
    parameters.put("/photos-table", "tintype-test-photos")
    parameters.put("/page-origins", "http://127.0.0.1:8001,http://localhost:8001")
    assert parameters.below() == {
        "photos-table": "tintype-test-photos",
        "page-origins": "http://127.0.0.1:8001,http://localhost:8001",
    }


def test_secure_strings_are_decrypted(parameters: ParameterFixture) -> None:
    parameters.put("/link-secret", "s3cret", "SecureString")
    assert parameters.below() == {"link-secret": "s3cret"}


def test_all_pages_are_read(parameters: ParameterFixture) -> None:
    values = {f"name-{n}": str(n) for n in range(25)}
    for name, value in values.items():
        parameters.put(f"/{name}", value)
    assert parameters.below() == values


def test_stage_with_the_same_prefix_is_excluded(parameters: ParameterFixture) -> None:
    parameters.put("/photos-table", "mine")
    parameters.put("-two/photos-table", "theirs")
    parameters.put("/deeper/photos-table", "unrelated")
    assert parameters.below() == {"photos-table": "mine"}


def test_unreachable_store_raises_unavailable(parameters: ParameterFixture) -> None:
    class Silent:
        def get_paginator(self, _: str) -> Any:
            return self

        def paginate(self, **_: Any) -> Any:
            raise ConnectTimeoutError(endpoint_url="https://ssm")

    with pytest.raises(Unavailable):
        ParameterStore(Silent()).get_all(parameters.path)
