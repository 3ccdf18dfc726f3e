/**
 * Pictures of files that are still on this side: addresses that the browser keeps until they are given back.
 */

export class FilePreviews {
  readonly #urls = new Map<Blob, string>();

  /** The address of a file's picture. */
  urlOf(file: Blob): string {
    const known = this.#urls.get(file);
    if (known !== undefined) return known;
    const address = URL.createObjectURL(file);
    this.#urls.set(file, address);
    return address;
  }

  /** Gives back the addresses of all files but these. */
  keepOnly(files: ReadonlySet<Blob>): void {
    for (const [file, address] of this.#urls) {
      if (files.has(file)) continue;
      URL.revokeObjectURL(address);
      this.#urls.delete(file);
    }
  }
}
