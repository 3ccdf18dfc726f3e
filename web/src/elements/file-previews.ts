/**
 * Previews of local files, as object URLs that are revoked when they are no longer needed.
 */

export class FilePreviews {
  readonly #urls = new Map<Blob, string>();

  /** Returns a file's object URL, the same for every call. */
  urlOf(file: Blob): string {
    const known = this.#urls.get(file);
    if (known !== undefined) return known;
    const url = URL.createObjectURL(file);
    this.#urls.set(file, url);
    return url;
  }

  /** Revokes the URLs of all other files. */
  keepOnly(files: ReadonlySet<Blob>): void {
    for (const [file, url] of this.#urls) {
      if (files.has(file)) continue;
      URL.revokeObjectURL(url);
      this.#urls.delete(file);
    }
  }
}
