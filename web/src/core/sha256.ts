/**
 * The SHA-256 of a file: the library uses it to find duplicates before the upload.
 */

/** Larger files are not read into memory, bytes; the library finds their duplicates after the upload. */
const MAX_BYTES = 64 * 1024 * 1024;

/** SHA-256 in lowercase hex; null for a large file, or in an insecure context (plain http), which has no digests. */
export async function sha256Hex(file: Blob): Promise<string | null> {
  if (file.size > MAX_BYTES || !isSecureContext) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
