"""Public keys and key groups of CloudFront as resources of a stack: MiniStack 1.5 knows both, but by its API alone.

The test that deploys needs them; the library of `make run` has no CloudFront.
"""

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import cloudfront

type Made = tuple[str, dict[str, str]]
type Properties = Mapping[str, Any]


def handlers() -> dict[str, dict[str, Any]]:
    """What CloudFormation calls for each of the two types."""
    return {
        "AWS::CloudFront::PublicKey": {"create": _make_key, "update": _change_key, "delete": _forget_key},
        "AWS::CloudFront::KeyGroup": {"create": _make_group, "update": _change_group, "delete": _forget_group},
    }


def _make_key(_name: str, told: Properties, _stack: str) -> Made:
    key_id = cloudfront._pk_id()
    config = dict(told["PublicKeyConfig"])
    cloudfront._public_keys[key_id] = {
        "Id": key_id,
        "ETag": new_uuid(),
        "CreatedTime": cloudfront._now_iso(),
        "Config": config,
    }
    return key_id, {"Id": key_id}


def _change_key(key_id: str, before: Properties, told: Properties, _stack: str) -> Made:
    """As CloudFront does: of a key that it knows it takes another comment and nothing else."""
    if before["PublicKeyConfig"]["EncodedKey"] != told["PublicKeyConfig"]["EncodedKey"]:
        raise ValueError("CannotChangeImmutablePublicKeyFields: the encoded key cannot be changed")
    return key_id, {"Id": key_id}


def _forget_key(key_id: str, _told: Properties) -> None:
    cloudfront._public_keys.pop(key_id, None)


def _make_group(_name: str, told: Properties, stack: str) -> Made:
    group_id = new_uuid()
    cloudfront._key_groups[group_id] = {"Id": group_id, "LastModifiedTime": cloudfront._now_iso()}
    return _change_group(group_id, {}, told, stack)


def _change_group(group_id: str, _before: Properties, told: Properties, _stack: str) -> Made:
    config = dict(told["KeyGroupConfig"])
    cloudfront._key_groups[group_id] |= {"ETag": new_uuid(), "Config": config}
    return group_id, {"Id": group_id}


def _forget_group(group_id: str, _told: Properties) -> None:
    cloudfront._key_groups.pop(group_id, None)
