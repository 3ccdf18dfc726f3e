/**
 * The photos in a folder, and in the folders in it, whether it was dropped or picked. What systems and programs leave
 * beside photos is passed over without a word: hidden files, thumbnails, sidecars.
 */

/** What is needed of a browser's `FileSystemEntry`: a file has the one, a folder the other. */
export interface FileEntry {
  readonly name: string;
  file?(found: (file: File) => void, failed: () => void): void;
  createReader?(): DirectoryReader;
}

interface DirectoryReader {
  /** Hands over the next entries, some at a time; none when there are no more. */
  readEntries(found: (entries: readonly FileEntry[]) => void, failed: () => void): void;
}

/** Entries looked at for each file that is wanted: a folder full of something else has an end. */
const ENTRIES_PER_FILE = 10;

const IGNORED_NAME = /^\.|^(thumbs\.db|desktop\.ini|__macosx)$|\.(xmp|json|aae)$/i;

/** The files of dropped folders, at most so many; what cannot be read is passed over. */
export async function readFolders(folders: readonly FileEntry[], most: number): Promise<readonly File[]> {
  const files: File[] = [];
  const pending = [...folders];
  let looks = most * ENTRIES_PER_FILE;
  for (let next = pending.shift(); next !== undefined && files.length < most && looks > 0; next = pending.shift()) {
    looks -= 1;
    const reader = next.createReader?.();
    // A folder's own come before what stands after it, in the order it gives them.
    if (reader !== undefined) pending.unshift(...(await readEntries(reader)).filter(({ name }) => !IGNORED_NAME.test(name)));
    else files.push(...(await readFile(next)));
  }
  return files;
}

async function readFile(entry: FileEntry): Promise<readonly File[]> {
  return await new Promise((resolve) => {
    const nothing = () => {
      resolve([]);
    };
    if (entry.file === undefined) nothing();
    else entry.file((file) => {
      resolve([file]);
    }, nothing);
  });
}

/** The files of a picked folder that are not left there by something else. */
export function withoutIgnoredFiles<File extends { readonly webkitRelativePath: string }>(files: readonly File[]): readonly File[] {
  return files.filter(({ webkitRelativePath }) => !webkitRelativePath.split("/").slice(1).some((name) => IGNORED_NAME.test(name)));
}

async function readEntries(reader: DirectoryReader): Promise<readonly FileEntry[]> {
  const all: FileEntry[] = [];
  for (;;) {
    const some = await new Promise<readonly FileEntry[]>((resolve) => {
      reader.readEntries(resolve, () => {
        resolve([]);
      });
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}
