"""What a person needs to know of a library that has just started."""

from pathlib import Path

from local.library import Library
from local.users import PEOPLE

DEFAULT_PORT = 8000


def text(running: Library, data: Path, *, api: bool) -> str:
    """The banner: addresses, the sign-in, two ways to put a photo in."""
    at = "" if running.ports.api == DEFAULT_PORT else f" PORT={running.ports.api}"
    bucket = running.provisioned.outputs["OriginalsBucket"]
    services = running.provisioned.services.endpoint
    demo, second = PEOPLE["demo"], PEOPLE["second"]
    served = running.api if api else f"{running.api}  (not yet: `.venv/bin/chalice local` in another terminal)"
    return f"""
Tintype is running.

  Page     {running.page}
  Sign in  {demo.email} / {demo.password}  (or {second.email} / {second.password})
  API      {served}
  Inbox    {running.page}inbox
  S3       {services}  bucket {bucket}, any key

Put a photo in:

  curl -H "Authorization: Bearer $(make -s token{at})" -F label=Beach -F img=@photo.jpg {running.api}/upload
  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\
    aws --endpoint-url {services} --region us-east-1 s3 cp photo.jpg s3://{bucket}/

Or a few dozen drawn ones: make demo{at}
Everything is kept in {data}. Ctrl-C ends the library."""
