"""The message `make run` prints when the library is ready."""

import shlex
from pathlib import Path

from infrastructure import pam
from local.credentials import PROFILE
from local.data_files import damaged_files_message
from local.library import Library
from local.provision import STAGE
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
    damaged = damaged_files_message(library.data_dir.damaged)
    notice = f"{damaged}\n" if damaged else ""
    start = "" if api else f"\nStart the API:\n\n  {chalice_command(library, data, library.ports.api)}\n"
    return f"""
Tintype is running.

  Page     {library.page_url}
  Sign in  {demo.email} / {demo.password}  (or {second.email} / {second.password})
  API      {url}{"" if api else "  (not started)"}
  Inbox    {library.page_url}inbox
  S3       {services}  bucket {bucket}, credentials in {data / "credentials"}
{start}{_pam(library)}
Upload a photo:

  curl -H "Authorization: Bearer $(make -s token{options})" -F label=Beach -F img=@photo.jpg {url}/upload
  AWS_SHARED_CREDENTIALS_FILE={credentials} \\
    aws --profile {PROFILE} --endpoint-url {services} s3 cp photo.jpg s3://{bucket}/

Or generate demo photos: make demo{options}
{notice}Data directory: {data}. Press Ctrl-C to stop."""


def _pam(library: Library) -> str:
    """The variables that the Photo Asset Manager's client is built with, if there is one."""
    client_id = library.provisioned.outputs.get("PamClientId")
    if not client_id:
        return ""
    variables = pam.environment(
        library.provisioned.pam_url,
        client_id,
        api_url=library.api_url,
        sign_in_url=library.provisioned.services.endpoint,
    )
    lines = "".join(f"  {name}={shlex.quote(value)}\n" for name, value in variables.items())
    return f"\nThe Photo Asset Manager's client is built with:\n\n{lines}"


def chalice_command(library: Library, data: Path, port: int) -> str:
    """The shell command that serves the library's API with Chalice's own server, in the project's folder.

    `.chalice/config.json` has the environment variables of the default port and data directory, and no others.
    """
    if port == DEFAULT_PORT == library.ports.api and data == DEFAULT_DATA:
        return ".venv/bin/chalice local"
    credentials = {"AWS_SHARED_CREDENTIALS_FILE": str(library.data_dir.credentials.absolute())}
    variables = library.provisioned.environment() | credentials
    assignments = "".join(f"{name}={shlex.quote(value)} \\\n  " for name, value in variables.items())
    return f"{assignments}.venv/bin/chalice local --stage {STAGE} --port {port}"
