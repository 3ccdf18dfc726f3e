/**
 * Pictures of files that are still on this side: addresses that the browser keeps until they are given back.
 */

export class FilePreviews {
  readonly #addresses = new Map<Blob, string>();

  /** The address of a file's picture. */
  of(file: Blob): string {
    const known = this.#addresses.get(file);
    if (known !== undefined) return known;
    const address = URL.createObjectURL(file);
    this.#addresses.set(file, address);
    return address;
  }

  /** Gives back the addresses of all files but these. */
  keepOnly(files: ReadonlySet<Blob>): void {
    for (const [file, address] of this.#addresses) {
      if (files.has(file)) continue;
      URL.revokeObjectURL(address);
      this.#addresses.delete(file);
    }
  }
}
