"""Headers of writes with fixed values: access control lists, storage classes, encryption, directives of copies."""

from collections.abc import Mapping

from local.ministack.objects.errors import S3Error, invalid_argument

ACL, GRANT = "x-amz-acl", "x-amz-grant-"
ACLS = {"private", "bucket-owner-full-control"}  # buckets enforce their owner
STORAGE_CLASSES = {
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "GLACIER_IR",
    "DEEP_ARCHIVE",
}
ENCRYPTIONS = {"AES256", "aws:kms", "aws:kms:dsse"}
DIRECTIVES = {"COPY", "REPLACE"}


def check_write_options(headers: Mapping[str, str]) -> None:
    """Raise S3Error for a value that S3 does not know or that buckets do not allow."""
    if headers.get(ACL, "private") not in ACLS or any(name.startswith(GRANT) for name in headers):
        raise S3Error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs")
    if headers.get("x-amz-storage-class", "STANDARD") not in STORAGE_CLASSES:
        raise S3Error(400, "InvalidStorageClass", "The storage class you specified is not valid")
    if headers.get("x-amz-server-side-encryption", "AES256") not in ENCRYPTIONS:
        raise invalid_argument("The encryption method specified is not supported")
    for name in ("metadata", "tagging"):
        if headers.get(f"x-amz-{name}-directive", "COPY").upper() not in DIRECTIVES:
            raise invalid_argument(f"Unknown {name} directive.")
