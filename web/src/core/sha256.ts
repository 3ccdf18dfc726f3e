/**
 * The SHA-256 of a file: the library uses it to find duplicates before the upload.
 */
import { FileReadError } from "./errors.ts";

/** Larger files are not read into memory, bytes; the library finds their duplicates after the upload. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * SHA-256 in lowercase hex; null for a large file, or in an insecure context (plain http), which has no digests. Throws a
 * `FileReadError`, also for those.
 */
export async function sha256Hex(file: Blob): Promise<string | null> {
  if (file.size > MAX_BYTES || !isSecureContext) {
    await checkReadable(file);
    return null;
  }
  const digest = await crypto.subtle.digest("SHA-256", await read(file));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Throws a `FileReadError` if a file cannot be read. */
export async function checkReadable(file: Blob): Promise<void> {
  await read(file.slice(0, 1));
}

async function read(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch (error) {
    throw new FileReadError("the file cannot be read", { cause: error });
  }
}
