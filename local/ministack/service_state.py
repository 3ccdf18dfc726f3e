"""The state of MiniStack's services that is small: everything but items, objects and messages.

It is serialized as one document, so that what one request changed in several services (a stack creates buckets, tables
and a user pool) is saved together or not at all.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudformation, cognito, dynamodb, s3, ses, sns, sqs, ssm

MAX_INBOX_MESSAGES = 200  # for each region; older ones are dropped

type State = Any  # JSON and MiniStack's dictionaries by account and region

SERVICES = {
    "s3": s3,
    "dynamodb": dynamodb,
    "sqs": sqs,
    "sns": sns,
    "ssm": ssm,
    "cognito": cognito,
    "ses": ses,
    "cloudformation": cloudformation,
}


def _dynamodb_state() -> State:
    """DynamoDB's state without items; they are in a database."""
    tables = AccountRegionScopedDict()
    for scope, table in dynamodb._tables.all_items():
        definition = {key: value for key, value in table.items() if key != dynamodb._INDEX_MEMBERS}
        tables.set_scoped(*scope, definition | {"items": {}, "ItemCount": 0})
    return {
        "tables": tables,
        "tags": dynamodb._tags,
        "ttl_settings": dynamodb._ttl_settings,
        "pitr_settings": dynamodb._pitr_settings,
    }


def _sqs_state() -> State:
    """SQS's state without messages; they are in a database."""
    queues = AccountRegionScopedDict()
    for scope, queue in sqs._queues.all_items():
        queues.set_scoped(*scope, {**queue, "messages": []})
    return {"queues": queues}


def _cloudformation_state() -> State:
    """CloudFormation's state itself."""
    return {name: store() for store, name in cloudformation._PERSISTED_STORES}


# Where get_state() would copy items or messages, or take long to copy what is serialized at once anyway.
STATES: Mapping[str, Callable[[], State]] = {
    "dynamodb": _dynamodb_state,
    "sqs": _sqs_state,
    "cloudformation": _cloudformation_state,
}


def serialize_services() -> bytes:
    """The definitions and settings of all services, with the signing keys of the user pools."""
    document: dict[str, State] = {
        name: {"version": persistence._state_format_version(name), "state": STATES.get(name, module.get_state)()}
        for name, module in SERVICES.items()
    }
    return _to_json(document | {"signing_keys": _signing_keys()})


def restore_services(payload: bytes) -> None:
    """Restore what `serialize_services` returned; raises ValueError if this MiniStack can't read it."""
    document = json.loads(payload, object_hook=persistence._json_object_hook)
    _restore_signing_keys(document.pop("signing_keys"))
    for name, saved in document.items():
        if saved["version"] > persistence._state_format_version(name):
            raise ValueError(f"the state of {name} was written by a newer MiniStack")
        SERVICES[name].load_persisted_state(saved["state"])


def serialize_inbox() -> bytes:
    """The latest emails and text messages; older ones are dropped from memory, too."""
    for entries in ses._sent_emails._data.values():
        del entries[:-MAX_INBOX_MESSAGES]
    return _to_json(ses._sent_emails)


def restore_inbox(payload: bytes) -> None:
    """Restore what `serialize_inbox` returned."""
    ses._sent_emails.update(json.loads(payload, object_hook=persistence._json_object_hook))


def has_stacks() -> bool:
    """Whether a stack was created: the databases existed before."""
    return bool(cloudformation._stacks._data)


def is_stack_in_progress() -> bool:
    """Whether a stack is being created or changed.

    Half a stack is not worth saving: after a kill it starts again from the state before.
    """
    return any(stack["StackStatus"].endswith("_IN_PROGRESS") for stack in list(cloudformation._stacks._data.values()))


def _to_json(state: State) -> bytes:
    return json.dumps(state, default=persistence._json_default).encode()


def _signing_keys() -> dict[str, str]:
    """The keys of every pool as PEM by file name; MiniStack alone would make them with the first token, too late."""
    keys = {}
    for _, _, pool in list(cognito._user_pools._data):
        for use in cognito._POOL_KEY_USES:
            key, _ = cognito._pool_signing_key(pool, use)
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            keys[f"{pool}-{use}.pem"] = pem.decode()
    return keys


def _restore_signing_keys(keys: dict[str, str]) -> None:
    """Write the keys where MiniStack reads them."""
    folder = Path(cognito._POOL_KEYS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    for name, pem in keys.items():
        (folder / name).write_text(pem)
