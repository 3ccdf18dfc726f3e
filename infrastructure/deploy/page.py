"""The page: built, told of its library by `config.json`, and put into its bucket.

What the build names by its content may be kept for ever; everything else is asked for anew. New files come first, the
page that names them after them, and those of the page before stay, for whoever has it open.
"""

import hashlib
import json
import mimetypes
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.deploy.errors import Problem
from infrastructure.deploy.target import PROJECT, Place

WEB = PROJECT / "web"
ASSETS = "assets"
FOREVER = "public, max-age=31536000, immutable"
FRESH = "no-cache"
KINDS = {".webmanifest": "application/manifest+json"}  # not every machine's list of types has it
SCOPES = ["openid", "email", "phone", "profile"]


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page as it lies in the bucket."""

    key: str
    body: bytes
    kind: str
    caching: str


def build(folder: Path) -> None:
    """Build the page into this folder; raises Problem where it cannot be."""
    tools = Path(sys.executable).parent
    into = ("--outDir", str(folder), "--emptyOutDir")
    ran = subprocess.run(
        [*("npm", "--prefix", str(WEB), "run", "--silent", "build"), *("--", "--logLevel", "warn"), *into],
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        lines = (ran.stderr or ran.stdout).strip().splitlines() or ["it said nothing"]
        raise Problem(f"The page cannot be built: {lines[-1]} (`npm --prefix web run build` says more).")


def config(place: Place, outputs: Mapping[str, str], page: str, api: str) -> dict[str, Any]:
    """What the page must know of its library."""
    sign_in = f"https://{outputs['SignInDomain']}.auth.{place.region}.amazoncognito.com"
    return {
        "api": api,
        "identity": {
            "issuer": outputs["IdentityIssuer"],
            "authorize": f"{sign_in}/oauth2/authorize",
            "token": f"{sign_in}/oauth2/token",
            "logout": f"{sign_in}/logout",
            "client_id": outputs["UserPoolClientId"],
            "redirect_uri": f"{page}/",
            "scopes": SCOPES,
        },
    }


def files(told: Mapping[str, Any], built: Path) -> list[File]:
    """Everything that is put there, in the order in which it is."""
    found = [_file(path, built) for path in sorted(built.rglob("*")) if path.is_file()]
    text = json.dumps(told, indent=2).encode()
    found.append(File("config.json", text, "application/json", FRESH))
    return sorted(found, key=lambda file: (file.caching != FOREVER, file.key == "index.html", file.key))


def put(place: Place, bucket: str, files: list[File]) -> Iterator[str]:
    """Put what differs into the bucket, and tell the key of each."""
    s3 = place.client("s3")
    for file in files:
        if not _is_there(s3, bucket, file):
            s3.put_object(Bucket=bucket, Key=file.key, Body=file.body, ContentType=file.kind, CacheControl=file.caching)
            yield file.key


def _is_there(s3: Any, bucket: str, file: File) -> bool:
    try:
        found = s3.head_object(Bucket=bucket, Key=file.key)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    same = hashlib.md5(file.body, usedforsecurity=False).hexdigest()
    told = (found["ETag"].strip('"'), found["ContentType"], found.get("CacheControl"))
    return bool(told == (same, file.kind, file.caching))


def _file(path: Path, built: Path) -> File:
    key = path.relative_to(built).as_posix()
    kind = KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return File(key, path.read_bytes(), kind, FOREVER if key.startswith(f"{ASSETS}/") else FRESH)
