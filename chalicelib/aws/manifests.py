"""The bundles bucket in S3: manifests, signed URLs of volumes, and deletion."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.aws.s3 import NOT_FOUND_CODES, delete_objects
from chalicelib.bundles.zip import Entry, ImageBucket


@dataclass(frozen=True, slots=True)
class S3ManifestStore:
    """`models.ManifestStore` over one S3 bucket. A manifest is a JSON Lines file with one line per photo."""

    client: Any
    bucket: str

    def write(self, key: str, entries: Iterable[Entry]) -> None:
        """Write the entries of a volume in order."""
        body = b"\n".join(_line(entry).encode() for entry in entries)
        with translate_transient_errors():
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/jsonl")

    def read(self, key: str) -> Iterator[Entry]:
        """The entries of a volume. The file is read at once: handling an entry may outlast the connection."""
        with translate_transient_errors():
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        for line in body.splitlines():
            fields = json.loads(line)
            # A bundle that an earlier version has queued has originals only, and no sidecars.
            bucket = ImageBucket(fields.get("bucket", ImageBucket.ORIGINALS))
            sidecar = fields.get("sidecar", "").encode()
            timestamp = datetime.fromisoformat(fields["timestamp"])
            yield Entry(**fields | {"timestamp": timestamp, "bucket": bucket, "sidecar": sidecar})

    def volume_url(self, key: str, lifetime: timedelta, method: str = "GET") -> str:
        """A URL of a finished volume, signed for GET or HEAD."""
        params = {"Bucket": self.bucket, "Key": key}
        seconds = int(lifetime.total_seconds())
        operation = "head_object" if method == "HEAD" else "get_object"
        return str(self.client.generate_presigned_url(operation, Params=params, ExpiresIn=seconds))

    def remove_files(self, bundle_id: str) -> None:
        """Delete all files of a bundle and abort its unfinished uploads."""
        prefix = f"{bundle_id}/"
        with translate_transient_errors():
            uploads = self.client.get_paginator("list_multipart_uploads")
            for page in uploads.paginate(Bucket=self.bucket, Prefix=prefix):
                for upload in page.get("Uploads", []):
                    self._abort(upload["Key"], upload["UploadId"])
            files = self.client.get_paginator("list_objects_v2")
            for page in files.paginate(Bucket=self.bucket, Prefix=prefix):
                found = [{"Key": file["Key"]} for file in page.get("Contents", [])]
                if found:
                    delete_objects(self.client, self.bucket, found)

    def _abort(self, key: str, upload_id: str) -> None:
        try:
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload_id)
        except ClientError as error:
            if error_code(error) not in NOT_FOUND_CODES | {"NoSuchUpload"}:
                raise


def _line(entry: Entry) -> str:
    """The line of an entry in a manifest, in JSON."""
    return json.dumps(asdict(entry) | {"timestamp": entry.timestamp.isoformat(), "sidecar": entry.sidecar.decode()})
