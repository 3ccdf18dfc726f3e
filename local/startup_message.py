"""The message `make run` prints when the library is ready."""

import shlex
from pathlib import Path

from local.credentials import PROFILE
from local.library import Library
from local.users import USERS

DEFAULT_PORT = 8000
DEFAULT_DATA = Path(".local")


def text(library: Library, data: Path, *, api: bool) -> str:
    """URLs, sign-in data and three ways to add photos."""
    options = "" if library.ports.api == DEFAULT_PORT else f" PORT={library.ports.api}"
    options += "" if data == DEFAULT_DATA else f" DATA={shlex.quote(str(data))}"
    credentials = shlex.quote(str(data / "credentials"))
    bucket = library.provisioned.outputs["OriginalsBucket"]
    services = library.provisioned.services.endpoint
    demo, second = USERS["demo"], USERS["second"]
    url = library.api_url
    api_url = url if api else f"{url}  (start it yourself: .venv/bin/chalice local)"
    return f"""
Tintype is running.

  Page     {library.page_url}
  Sign in  {demo.email} / {demo.password}  (or {second.email} / {second.password})
  API      {api_url}
  Inbox    {library.page_url}inbox
  S3       {services}  bucket {bucket}, credentials in {data / "credentials"}

Upload a photo:

  curl -H "Authorization: Bearer $(make -s token{options})" -F label=Beach -F img=@photo.jpg {url}/upload
  AWS_SHARED_CREDENTIALS_FILE={credentials} \\
    aws --profile {PROFILE} --endpoint-url {services} s3 cp photo.jpg s3://{bucket}/

Or generate demo photos: make demo{options}
Data directory: {data}. Press Ctrl-C to stop."""
