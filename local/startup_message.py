"""The message `make run` prints when the library is ready."""

from pathlib import Path

from local.library import Library
from local.users import USERS

DEFAULT_PORT = 8000


def text(library: Library, data: Path, *, api: bool) -> str:
    """URLs, sign-in data and three ways to add photos."""
    port_option = "" if library.ports.api == DEFAULT_PORT else f" PORT={library.ports.api}"
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
  S3       {services}  bucket {bucket}, any credentials

Upload a photo:

  curl -H "Authorization: Bearer $(make -s token{port_option})" -F label=Beach -F img=@photo.jpg {url}/upload
  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\
    aws --endpoint-url {services} --region us-east-1 s3 cp photo.jpg s3://{bucket}/

Or generate demo photos: make demo{port_option}
Data directory: {data}. Press Ctrl-C to stop."""
