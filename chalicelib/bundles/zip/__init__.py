"""Builds one volume of a bundle: a zip of unmodified images, streamed from S3 into a multipart upload.

    building    reads images and uploads the zip; completes the upload or aborts it
    readahead   reads the images in chunks, ahead of the writer
    archive     writes the zip entry by entry: each image, and the sidecar beside it, if there is one
    parts       splits the zip into parts and uploads them in the background
    naming      chooses safe, unique entry names
    entries     input and result of a build

Memory use is bounded by the read-ahead and a few parts, whatever the number and size of the photos.
"""

from chalicelib.bundles.zip.building import ZipBuilder
from chalicelib.bundles.zip.entries import BuiltVolume, Entry, ImageBucket, Skipped
from chalicelib.bundles.zip.naming import RAW_EXTENSIONS, safe_name, sidecar_name, unique_names
from chalicelib.bundles.zip.parts import MultipartUploader
from chalicelib.bundles.zip.readahead import EntryReader

__all__ = [
    "RAW_EXTENSIONS",
    "BuiltVolume",
    "Entry",
    "EntryReader",
    "ImageBucket",
    "MultipartUploader",
    "Skipped",
    "ZipBuilder",
    "safe_name",
    "sidecar_name",
    "unique_names",
]
