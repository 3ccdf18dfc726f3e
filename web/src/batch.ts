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
}

export type TagsRead =
  | { readonly tags: readonly string[]; readonly fault: null }
  | { readonly tags: null; readonly fault: "too-many" | "too-long" };

/** Bytes that a ticket allows at most. */
export const LARGEST = 200 * 1024 * 1024;
export const MOST_TAGS = 20;
export const LONGEST_TAG = 64;

/** Endings of photos whose type many systems do not know. */
const PHOTO_ENDING = /\.(jpe?g|png|webp|gif|heic|heif|avif|tiff?|dng)$/i;

/** Sets apart the files that cannot be photos. */
export function sortFiles<File extends ChosenFile>(files: readonly File[]): Sorted<File> {
  const photos = files.filter(mayBePhoto);
  return {
    usable: photos.filter(({ size }) => size <= LARGEST),
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
