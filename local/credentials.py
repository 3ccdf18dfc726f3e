"""The access key of a library: made at its first start and stored in DATA as an AWS credentials file.

AWS clients read the file by AWS_SHARED_CREDENTIALS_FILE and the profile `tintype`, with region and endpoint.
"""

import configparser
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from local.files import write_atomically

PROFILE = "tintype"
KEY_ID = re.compile(r"[A-Z0-9]{20}")
SECRET = re.compile(r"[A-Za-z0-9_-]{40}")
COMMENT = "# The access key of this local library, and of no other. Whoever can read it can read the library.\n"
# AWS clients written in Python would presign URLs and forms with the retired version 2 of signatures.
PRESIGNING = "s3 =\n    signature_version = s3v4\n"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key id and its secret."""

    key_id: str
    secret: str = field(repr=False)


def new_access_key() -> AccessKey:
    """A random key; its id looks like no key of AWS."""
    return AccessKey(f"LOCAL{secrets.token_hex(8).upper()[:15]}", secrets.token_urlsafe(30))


def ensure_access_key(path: Path, *, endpoint: str, region: str) -> AccessKey:
    """The key in the file, which is created or brought up to date; a damaged file is replaced by a new key."""
    key = read_access_key(path)
    if key is None:
        if path.exists():
            print(f"The access key in {path} is damaged; a new one was made.", flush=True)
        key = new_access_key()
    lines = {
        "aws_access_key_id": key.key_id,
        "aws_secret_access_key": key.secret,
        "region": region,
        "endpoint_url": endpoint,
    }
    text = f"{COMMENT}[{PROFILE}]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items()) + PRESIGNING
    if not path.exists() or path.read_text(errors="replace") != text:
        write_atomically(path, text.encode())
    path.chmod(0o600)
    return key


def read_access_key(path: Path) -> AccessKey | None:
    """The key in a credentials file; None if there is no file, or no valid key in it."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text())
        profile = parser[PROFILE]
        key = AccessKey(profile["aws_access_key_id"], profile["aws_secret_access_key"])
    except (FileNotFoundError, ValueError, KeyError, configparser.Error):
        return None
    return key if KEY_ID.fullmatch(key.key_id) and SECRET.fullmatch(key.secret) else None
