/**
 * What a person chose to put in at once, before any of it leaves: which files may be photos, and the words for them.
 *
 * The library has the last word on what is a photo; this only spares the way to files that clearly are none.
 */

export interface ChosenFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

export interface FileSelection<File extends ChosenFile> {
  readonly accepted: readonly File[];
  readonly notPhotos: readonly File[];
  readonly tooLarge: readonly File[];
  /** Photos that are left for another time, because so many do not go at once. */
  readonly overLimit: number;
}

export type ParsedTags =
  | { readonly tags: readonly string[]; readonly fault: null }
  | { readonly tags: null; readonly fault: "too-many" | "too-long" };

/** Files that go at once: the page holds on to all of them. */
export const MAX_FILES = 2000;
/** Bytes that a ticket allows at most. */
export const MAX_FILE_BYTES = 200 * 1024 * 1024;
export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 64;

/** Endings of photos whose type many systems do not know. */
const PHOTO_EXTENSION = /\.(jpe?g|png|webp|gif|heic|heif|avif|tiff?|dng)$/i;

/** Sets apart the files that cannot be photos. */
export function validateFiles<File extends ChosenFile>(files: readonly File[]): FileSelection<File> {
  const photos = files.filter(mayBePhoto);
  const small = photos.filter(({ size }) => size <= MAX_FILE_BYTES);
  return {
    accepted: small.slice(0, MAX_FILES),
    overLimit: Math.max(0, small.length - MAX_FILES),
    notPhotos: files.filter((file) => !mayBePhoto(file)),
    tooLarge: photos.filter(({ size }) => size > MAX_FILE_BYTES),
  };
}

function mayBePhoto({ name, type }: ChosenFile): boolean {
  return type.startsWith("image/") || (type === "" && PHOTO_EXTENSION.test(name));
}

/** Reads tags written with commas between; each once, in the order written. */
export function parseTags(text: string): ParsedTags {
  const written = text.split(/[,;\n]/).map((tag) => tag.normalize("NFKC").trim().replace(/\s+/g, " "));
  const tags = [...new Map(written.filter(Boolean).map((tag) => [tag.toLowerCase(), tag])).values()];
  if (tags.length > MAX_TAGS) return { tags: null, fault: "too-many" };
  if (tags.some((tag) => Array.from(tag).length > MAX_TAG_LENGTH)) return { tags: null, fault: "too-long" };
  return { tags, fault: null };
}
