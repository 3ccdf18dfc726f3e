"""The API keys of runs of `tintype`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from local.command_keys import temporary_key
from local.errors import UserError
from local.library_command import PERMISSIONS, run_library_command
from local.ports import Ports, free_ports
from tests.cli.fake_api import fake_client
from tintype_cli.api.client import LibraryClient


class Keys:
    """The API keys of a library, names by id; `refuses` answers requests of this method with an error."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.refuses = ""
        self.created: list[object] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == self.refuses:
            return httpx.Response(409, json={"error": "You have 50 keys.", "code": "conflict"})
        if request.method == "POST":
            body = json.loads(request.content)
            key_id = f"k{len(self.created)}"
            self.created.append(body["can"])
            self.names[key_id] = body["name"]
            return httpx.Response(201, json={"key_id": key_id, "key": f"tt_{key_id}"})
        if request.method == "GET":
            items = [{"key_id": key_id, "name": name} for key_id, name in self.names.items()]
            return httpx.Response(200, json={"items": items})
        del self.names[request.url.path.rpartition("/")[2]]
        return httpx.Response(204)

    def sign_in(self) -> LibraryClient:
        return fake_client(self)


@pytest.fixture
def keys() -> Keys:
    """No keys."""
    return Keys()


@contextmanager
def run(keys: Keys, folder: Path, user: str = "demo") -> Iterator[str]:
    """A run of a command."""
    with temporary_key(folder, user, keys.sign_in, "make export", PERMISSIONS) as key:
        yield key


def test_key_is_revoked_even_after_an_error(keys: Keys, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"tt_k0 make export \w{8}"), run(keys, tmp_path) as key:
        sys.exit(f"{key} {keys.names['k0']}")
    assert (keys.created, keys.names, [*tmp_path.iterdir()]) == ([PERMISSIONS], {}, [])


def test_too_many_keys_are_explained(keys: Keys, tmp_path: Path) -> None:
    keys.refuses = "POST"
    with pytest.raises(UserError, match=r"You have 50 keys\."), run(keys, tmp_path):
        pytest.fail("There is no key.")
    assert [*tmp_path.iterdir()] == []


def test_next_run_revokes_the_key_that_a_killed_one_has_left(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "0a1b2c3d.demo").touch()  # its lock ended with the process
    keys.names = {"old": "make export 0a1b2c3d", "mine": "make export", "other": "make export 99999999"}
    with run(keys, tmp_path):
        assert keys.names.keys() == {"mine", "other", "k0"}
    assert keys.names.keys() == {"mine", "other"}
    assert [*tmp_path.iterdir()] == []


def test_runs_at_the_same_time_leave_each_others_keys(keys: Keys, tmp_path: Path) -> None:
    with run(keys, tmp_path):
        with run(keys, tmp_path):
            assert keys.names.keys() == {"k0", "k1"}
        assert keys.names.keys() == {"k0"}
    assert keys.names == {}


def test_keys_of_the_other_user_are_left_to_them(keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "0a1b2c3d.second").touch()
    with run(keys, tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["0a1b2c3d.second"]


def test_key_that_could_not_be_revoked_is_revoked_by_the_next_run(keys: Keys, tmp_path: Path) -> None:
    with run(keys, tmp_path):
        keys.refuses = "DELETE"
    assert keys.names.keys() == {"k0"}
    keys.refuses = ""
    with run(keys, tmp_path):
        assert keys.names.keys() == {"k1"}


def test_data_without_a_library_is_named(tmp_path: Path) -> None:
    data = tmp_path / "none"
    with pytest.raises(UserError, match=rf"{data}.*start the library first"):
        run_library_command(data, Ports(*free_ports(3)), "demo", ["export"])
    assert not data.exists()
