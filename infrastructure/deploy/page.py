"""The page: built, configured by `config.json` and uploaded to its bucket.

Files named by their content are cached forever; all others are revalidated. New files are uploaded first and the
documents, which refer to them, last. Files of the previous build stay for browsers that still have it open.

CloudFront looks up an index document only for `/`: that of another folder has the folder's path as its key.
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

from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import PROJECT, Target

WEB = PROJECT / "web"
ASSETS = "assets"
INDEX = "index.html"
IMMUTABLE = "public, max-age=31536000, immutable"
NO_CACHE = "no-cache"
CONTENT_TYPES = {".webmanifest": "application/manifest+json"}  # missing from some systems' MIME types
SCOPES = ["openid", "email", "phone", "profile"]


@dataclass(frozen=True, slots=True)
class PageFile:
    """An object of the page's bucket."""

    key: str
    body: bytes
    content_type: str
    cache_control: str


def build(folder: Path) -> None:
    """Build the page into the folder; raises UserError if the build fails."""
    tools = Path(sys.executable).parent
    output = ("--outDir", str(folder), "--emptyOutDir")
    result = subprocess.run(
        [*("npm", "--prefix", str(WEB), "run", "--silent", "build"), *("--", "--logLevel", "warn"), *output],
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines() or ["no output"]
        raise UserError(f"The page build failed: {lines[-1]} (run `npm --prefix web run build` for details).")


def sign_in_url(target: Target, outputs: Mapping[str, str]) -> str:
    """The URL of the hosted sign-in, without a trailing slash."""
    return f"https://{outputs['SignInDomain']}.auth.{target.region}.amazoncognito.com"


def build_config(target: Target, outputs: Mapping[str, str], page_url: str, api_url: str) -> dict[str, Any]:
    """The page's config.json."""
    sign_in = sign_in_url(target, outputs)
    return {
        "api": api_url,
        "identity": {
            "issuer": outputs["IdentityIssuer"],
            "authorize": f"{sign_in}/oauth2/authorize",
            "token": f"{sign_in}/oauth2/token",
            "revoke": f"{sign_in}/oauth2/revoke",
            "logout": f"{sign_in}/logout",
            "client_id": outputs["UserPoolClientId"],
            "redirect_uri": f"{page_url}/",
            "scopes": SCOPES,
        },
    }


def files(config: Mapping[str, Any], dist: Path) -> list[PageFile]:
    """All files of the page in upload order."""
    page_files = [_file(path, dist) for path in sorted(dist.rglob("*")) if path.is_file()]
    page_files.append(PageFile("config.json", json.dumps(config, indent=2).encode(), "application/json", NO_CACHE))
    return sorted(page_files, key=lambda file: (file.cache_control != IMMUTABLE, _is_document(file.key), file.key))


def upload(target: Target, bucket: str, files: list[PageFile]) -> Iterator[str]:
    """Upload the files that differ and yield their keys."""
    s3 = target.client("s3")
    for file in files:
        if not _is_current(s3, bucket, file):
            s3.put_object(
                Bucket=bucket,
                Key=file.key,
                Body=file.body,
                ContentType=file.content_type,
                CacheControl=file.cache_control,
            )
            yield file.key


def _is_current(s3: Any, bucket: str, file: PageFile) -> bool:
    try:
        head = s3.head_object(Bucket=bucket, Key=file.key)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    etag = hashlib.md5(file.body, usedforsecurity=False).hexdigest()
    current = (head["ETag"].strip('"'), head["ContentType"], head.get("CacheControl"))
    return bool(current == (etag, file.content_type, file.cache_control))


def _is_document(key: str) -> bool:
    return key == INDEX or key.endswith("/")


def _file(path: Path, dist: Path) -> PageFile:
    key = path.relative_to(dist).as_posix()
    if path.name == INDEX and path.parent != dist:
        key = key.removesuffix(INDEX)
    content_type = CONTENT_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content_type = f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type
    return PageFile(key, path.read_bytes(), content_type, IMMUTABLE if key.startswith(f"{ASSETS}/") else NO_CACHE)
