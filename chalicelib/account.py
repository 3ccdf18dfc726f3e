"""A person's own affairs over HTTP: the keys that let their scripts in."""

from typing import Any

from chalicelib import answers
from chalicelib.http import Answer, Call, done, said
from chalicelib.keys import clean_can, clean_name
from chalicelib.wiring import Library


def make_key(call: Call, library: Library) -> Answer:
    """`POST /keys`: 201 with the key itself, this once."""
    owner = call.owner
    body = call.json("name", "can")
    key, token = library.keys.make(owner, clean_name(body.get("name")), clean_can(body.get("can")))
    return said(answers.key(key) | {"key": token}, status=201)


def keys(call: Call, library: Library) -> dict[str, Any]:
    """`GET /keys`: the caller's own, the newest first."""
    owner = call.owner
    call.only()
    return {"items": [answers.key(key) for key in library.keys.of(owner)]}


def revoke_key(call: Call, library: Library, key_id: str) -> Answer:
    """`DELETE /keys/{key_id}`."""
    owner = call.owner
    call.only()
    library.keys.revoke(owner, key_id)
    return done()
