/**
 * The SHA-256 of a file, by which the service worker recognizes the files of its version.
 */

/** In hex. */
export async function digestOf(content: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
