import hashlib
from typing import Any

import pytest

from tests.app.conftest import OWNER, Tintype
from tests.app.links import drop
from tests.support.images.tiny import encode_image

IMAGE = encode_image()
SHA256 = hashlib.sha256(IMAGE).hexdigest()
UNKNOWN = "0" * 64


def check(tintype: Tintype, *digests: str, as_: str = OWNER) -> Any:
    response = tintype.call("POST", "/uploads/check", as_=as_, body={"sha256": digests})
    assert response.status_code == 200, response.body
    return response.json_body["items"]


def test_own_file_is_known_in_all_its_states(tintype: Tintype) -> None:
    assert check(tintype, SHA256) == []
    photo_id = drop(tintype, "bay.jpg", IMAGE)
    known = {"sha256": SHA256, "photo_id": photo_id, "state": "ready"}
    assert check(tintype, UNKNOWN, SHA256.upper(), SHA256) == [known]
    assert check(tintype, SHA256, as_="another") == []
    assert tintype.get(f"/photos/{photo_id}", as_=OWNER)["sha256"] == SHA256
    tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER)
    assert check(tintype, UNKNOWN, SHA256) == [known | {"state": "trashed"}]
    assert check(tintype, SHA256, as_="another") == []
    tintype.call("DELETE", f"/photos/{photo_id}", as_=OWNER, query={"permanent": "true"})
    assert check(tintype, SHA256) == []


def test_sha256_is_for_the_owner_only(tintype: Tintype) -> None:
    photo_id = drop(tintype, "bay.jpg", IMAGE, status="public")
    for viewer in (None, "another"):
        assert "sha256" not in tintype.get(f"/photos/{photo_id}", as_=viewer)


@pytest.mark.parametrize(
    "value", [None, [], "0" * 64, [UNKNOWN[:-1]], [UNKNOWN + "0"], ["g" * 64], [UNKNOWN + "\n"], [7], [UNKNOWN] * 101]
)
def test_invalid_hashes_return_400_naming_the_field(tintype: Tintype, value: Any) -> None:
    response = tintype.call("POST", "/uploads/check", as_=OWNER, body={"sha256": value})
    assert (response.status_code, response.json_body["field"]) == (400, "sha256")


def test_other_requests_are_refused(tintype: Tintype) -> None:
    body = {"sha256": [UNKNOWN]}
    assert tintype.call("POST", "/uploads/check", body=body).status_code == 401
    unknown = tintype.call("POST", "/uploads/check", as_=OWNER, body=body | {"md5": []})
    assert (unknown.status_code, unknown.json_body["field"]) == (400, "md5")
    assert len(check(tintype, *(f"{number:064x}" for number in range(100)))) == 0
