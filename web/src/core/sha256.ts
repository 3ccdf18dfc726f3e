/**
 * The SHA-256 of a file, by which the library knows bytes that it has already, before they are sent.
 */

/** Larger files are not read into memory for this, bytes; the library finds their doubles by itself, later. */
const MAX_BYTES = 64 * 1024 * 1024;

/** SHA-256 in lower-case hex; null for a large file, or where the browser offers no digests (plain http). */
export async function sha256Hex(file: Blob): Promise<string | null> {
  if (file.size > MAX_BYTES || !isSecureContext) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
