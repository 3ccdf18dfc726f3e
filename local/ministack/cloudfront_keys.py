"""CloudFormation: public keys and key groups of CloudFront, which MiniStack 1.5 supports in its API only.

Only the deployment tests need them; `make run` has no CloudFront.
"""

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import cloudfront

type Created = tuple[str, dict[str, str]]
type Properties = Mapping[str, Any]

_taken = set[str]()  # by public keys, of deleted ones, too


def resource_handlers() -> dict[str, dict[str, Any]]:
    """CloudFormation's create, update and delete functions of both resource types."""
    return {
        "AWS::CloudFront::PublicKey": {"create": _create_key, "update": _update_key, "delete": _delete_key},
        "AWS::CloudFront::KeyGroup": {"create": _create_group, "update": _update_group, "delete": _delete_group},
    }


def _create_key(_name: str, properties: Properties, _stack: str) -> Created:
    """Take each name and caller reference for one key, like CloudFront."""
    key_id = cloudfront._pk_id()
    config = dict(properties["PublicKeyConfig"])
    if not _taken.isdisjoint(names := {config["Name"], config["CallerReference"]}):
        raise ValueError(f"PublicKeyAlreadyExists: another public key has been called {config['Name']}")
    _taken.update(names)
    cloudfront._public_keys[key_id] = {
        "Id": key_id,
        "ETag": new_uuid(),
        "CreatedTime": cloudfront._now_iso(),
        "Config": config,
    }
    return key_id, {"Id": key_id}


def _update_key(key_id: str, before: Properties, properties: Properties, _stack: str) -> Created:
    """Allow no change of a key, like CloudFront."""
    if before["PublicKeyConfig"] != properties["PublicKeyConfig"]:
        raise ValueError("CannotChangeImmutablePublicKeyFields: a public key cannot be changed")
    return key_id, {"Id": key_id}


def _delete_key(key_id: str, _properties: Properties) -> None:
    cloudfront._public_keys.pop(key_id, None)


def _create_group(_name: str, properties: Properties, stack: str) -> Created:
    group_id = new_uuid()
    cloudfront._key_groups[group_id] = {"Id": group_id, "LastModifiedTime": cloudfront._now_iso()}
    return _update_group(group_id, {}, properties, stack)


def _update_group(group_id: str, _before: Properties, properties: Properties, _stack: str) -> Created:
    config = dict(properties["KeyGroupConfig"])
    cloudfront._key_groups[group_id] |= {"ETag": new_uuid(), "Config": config}
    return group_id, {"Id": group_id}


def _delete_group(group_id: str, _properties: Properties) -> None:
    cloudfront._key_groups.pop(group_id, None)
