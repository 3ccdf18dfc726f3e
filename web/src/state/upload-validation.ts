/**
 * Validates chosen files and tags before an upload.
 *
 * The library decides what is a photo; this only rejects files that clearly are not.
 */
import { RAW_EXTENSIONS } from "./photo-types.ts";

export interface ChosenFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** Why a file cannot be uploaded. */
export type FileProblem = "empty" | "too-large" | "video" | "not-photo" | "unreadable";

export interface FileSelection<File extends ChosenFile> {
  readonly accepted: readonly File[];
  /** The names of the other files, by why they cannot be uploaded. */
  readonly skipped: ReadonlyMap<FileProblem, readonly string[]>;
  /** Whether there are more photos than one upload takes. */
  readonly overLimit: boolean;
}

export type ParsedTags =
  | { readonly tags: readonly string[]; readonly error: null }
  | { readonly tags: null; readonly error: "too-many" | "too-long" };

/** How many files one upload takes: the page holds a record of each in memory. */
export const MAX_FILES = 20_000;
/** The size limit of a ticket, bytes. */
export const MAX_FILE_BYTES = 200 * 1024 * 1024;
export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 64;

const RAW_NAME = new RegExp(`\\.(${RAW_EXTENSIONS.join("|")})$`, "i");
/** File extensions of photos whose type many systems do not know. */
const PHOTO_NAME = new RegExp(`\\.(jpe?g|png|webp|gif|heic|heif|avif|jxl|tiff?|${RAW_EXTENSIONS.join("|")})$`, "i");
const VIDEO_NAME = /\.(3gp|avi|flv|insv|lrv|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|webm|wmv)$/i;
/** Types that say nothing. */
const UNKNOWN_TYPES: ReadonlySet<string> = new Set(["", "application/octet-stream"]);
/** Extensions for files that have none, as from the clipboard. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  "image/jpeg": ".jpg",
  "image/png": ".png",
  "image/webp": ".webp",
  "image/heic": ".heic",
  "image/heif": ".heif",
  "image/avif": ".avif",
  "image/gif": ".gif",
  "image/tiff": ".tif",
};

/** Separates the files that cannot be uploaded. */
export function validateFiles<File extends ChosenFile>(files: readonly File[]): FileSelection<File> {
  const accepted: File[] = [];
  const skipped = new Map<FileProblem, string[]>();
  for (const file of files) {
    const problem = fileProblem(file, MAX_FILE_BYTES);
    if (problem === null) accepted.push(file);
    else if (skipped.get(problem)?.push(file.name) === undefined) skipped.set(problem, [file.name]);
  }
  return { accepted: accepted.slice(0, MAX_FILES), skipped, overLimit: accepted.length > MAX_FILES };
}

/** Why a file cannot be uploaded, or null; `maxBytes` is the size limit. */
export function fileProblem({ name, type, size }: ChosenFile, maxBytes: number): Exclude<FileProblem, "unreadable"> | null {
  const isUnknown = UNKNOWN_TYPES.has(type);
  if (type.startsWith("video/") || (isUnknown && VIDEO_NAME.test(name))) return "video";
  if (!type.startsWith("image/") && !(isUnknown && PHOTO_NAME.test(name))) return "not-photo";
  if (size === 0) return "empty";
  return size > maxBytes ? "too-large" : null;
}

/** The extension of a camera raw file, as NEF; null for any other file. */
export function rawExtension(name: string): string | null {
  return RAW_NAME.exec(name)?.[1]?.toUpperCase() ?? null;
}

/** The name of a file, with an extension: pictures of a camera or from the clipboard may have neither. */
export function filenameOf({ name, type }: Pick<ChosenFile, "name" | "type">): string {
  const [, stem = "", extension = ""] = /^(.*?)(\.[^.]*)?$/s.exec(name.trim()) ?? [];
  return (stem || "photo") + (extension.length > 1 ? extension : (EXTENSIONS[type] ?? ".jpg"));
}

/** Parses tags separated by commas; each once, in order. */
export function parseTags(text: string): ParsedTags {
  const written = text.split(/[,;\n]/).map((tag) => tag.normalize("NFKC").trim().replace(/\s+/g, " "));
  const tags = [...new Map(written.filter(Boolean).map((tag) => [tag.toLowerCase(), tag])).values()];
  if (tags.length > MAX_TAGS) return { tags: null, error: "too-many" };
  if (tags.some((tag) => Array.from(tag).length > MAX_TAG_LENGTH)) return { tags: null, error: "too-long" };
  return { tags, error: null };
}

/** The tag at the end of a text, which is being typed, and the text before it. */
export function splitLastTag(text: string): { readonly before: string; readonly last: string } {
  const end = text.lastIndexOf(",") + 1;
  return { before: text.slice(0, end), last: text.slice(end).trim() };
}
