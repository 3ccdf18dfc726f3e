/**
 * Validates chosen files and tags before an upload.
 *
 * The library decides what is a photo; this only rejects files that clearly are not.
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
  /** How many photos exceed the limit of one upload. */
  readonly overLimit: number;
}

export type ParsedTags =
  { readonly tags: readonly string[]; readonly error: null } | { readonly tags: null; readonly error: "too-many" | "too-long" };

/** How many files one upload takes: the page holds all of them in memory. */
export const MAX_FILES = 2000;
/** The size limit of a ticket, bytes. */
export const MAX_FILE_BYTES = 200 * 1024 * 1024;
export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 64;

const RAW_EXTENSIONS = "3fr arw cr2 cr3 crw dcr dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srw x3f".split(" ");
/** File extensions of photos whose type many systems do not know. */
const PHOTO_EXTENSION = new RegExp(`\\.(jpe?g|png|webp|gif|heic|heif|avif|jxl|tiff?|${RAW_EXTENSIONS.join("|")})$`, "i");
/** What the file picker offers. */
export const PHOTO_TYPES = ["image/*", ...RAW_EXTENSIONS.map((extension) => `.${extension}`)].join(",");

/** Separates the files that cannot be uploaded. */
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

/** Whether a file may be a photo, by its type or its extension. */
export function mayBePhoto({ name, type }: Pick<ChosenFile, "name" | "type">): boolean {
  return type.startsWith("image/") || (type === "" && PHOTO_EXTENSION.test(name));
}

/** Parses tags separated by commas; each once, in order. */
export function parseTags(text: string): ParsedTags {
  const written = text.split(/[,;\n]/).map((tag) => tag.normalize("NFKC").trim().replace(/\s+/g, " "));
  const tags = [...new Map(written.filter(Boolean).map((tag) => [tag.toLowerCase(), tag])).values()];
  if (tags.length > MAX_TAGS) return { tags: null, error: "too-many" };
  if (tags.some((tag) => Array.from(tag).length > MAX_TAG_LENGTH)) return { tags: null, error: "too-long" };
  return { tags, error: null };
}
