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

export interface Sorted<File extends ChosenFile> {
  readonly usable: readonly File[];
  readonly notPhotos: readonly File[];
  readonly tooLarge: readonly File[];
  /** Photos that are left for another time, because so many do not go at once. */
  readonly beyond: number;
}

export type TagsRead =
  | { readonly tags: readonly string[]; readonly fault: null }
  | { readonly tags: null; readonly fault: "too-many" | "too-long" };

/** Files that go at once: the page holds on to all of them. */
export const MOST_FILES = 2000;
/** Bytes that a ticket allows at most. */
export const LARGEST = 200 * 1024 * 1024;
export const MOST_TAGS = 20;
export const LONGEST_TAG = 64;

/** Endings of photos whose type many systems do not know. */
const PHOTO_ENDING = /\.(jpe?g|png|webp|gif|heic|heif|avif|tiff?|dng)$/i;

/** Sets apart the files that cannot be photos. */
export function sortFiles<File extends ChosenFile>(files: readonly File[]): Sorted<File> {
  const photos = files.filter(mayBePhoto);
  const small = photos.filter(({ size }) => size <= LARGEST);
  return {
    usable: small.slice(0, MOST_FILES),
    beyond: Math.max(0, small.length - MOST_FILES),
    notPhotos: files.filter((file) => !mayBePhoto(file)),
    tooLarge: photos.filter(({ size }) => size > LARGEST),
  };
}

function mayBePhoto({ name, type }: ChosenFile): boolean {
  return type.startsWith("image/") || (type === "" && PHOTO_ENDING.test(name));
}

/** Reads tags written with commas between; each once, in the order written. */
export function readTags(text: string): TagsRead {
  const written = text.split(/[,;\n]/).map((tag) => tag.normalize("NFKC").trim().replace(/\s+/g, " "));
  const tags = [...new Map(written.filter(Boolean).map((tag) => [tag.toLowerCase(), tag])).values()];
  if (tags.length > MOST_TAGS) return { tags: null, fault: "too-many" };
  if (tags.some((tag) => Array.from(tag).length > LONGEST_TAG)) return { tags: null, fault: "too-long" };
  return { tags, fault: null };
}
