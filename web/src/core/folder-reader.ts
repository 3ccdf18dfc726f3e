/**
 * Reads the files of dropped or picked folders, recursively. It ignores files that systems and programs create next to photos:
 * hidden folders, thumbnail databases, sidecars.
 */

/** The parts of `FileSystemEntry` that are needed: files have `file`, folders have `createReader`. */
export interface FileEntry {
  readonly name: string;
  file?(found: (file: File) => void, failed: () => void): void;
  createReader?(): DirectoryReader;
}

interface DirectoryReader {
  /** Passes the next entries to the callback, in chunks; an empty chunk is the end. */
  readEntries(found: (entries: readonly FileEntry[]) => void, failed: () => void): void;
}

/** How many entries are read for each file that is returned at most: this bounds the work on large folders. */
const ENTRIES_PER_FILE = 10;

// The same as in `chalicelib/ingest/originals.py`.
const IGNORED_FILE = /^\._|^\.[^.]*$|^\.(trashed|pending)-|^((eh)?thumbs(_vista)?\.db|\.?(desktop|picasa)\.ini|icon\r)$|\.(xmp|json|aae)$/i;
const IGNORED_FOLDER = /^\.[^.]|^(__macosx|@eadir|\$recycle\.bin|system volume information|lost\+found)$/i;

/** What folders contain: their files, and the names of those that cannot be read. */
export interface FolderContents {
  readonly files: readonly File[];
  readonly unreadable: readonly string[];
}

/** The files in folders, at most `maxFiles`; `onFound` is called with their number so far and returns whether to go on. */
export async function readFolders(
  folders: readonly FileEntry[],
  maxFiles: number,
  onFound: (count: number) => boolean = () => true,
): Promise<FolderContents> {
  const [files, unreadable]: [File[], string[]] = [[], []];
  // Depth first: a folder's entries come before its siblings. The next entry is the last one.
  const pending = folders.toReversed();
  let remaining = maxFiles * ENTRIES_PER_FILE;
  for (let next = pending.pop(); next !== undefined && files.length < maxFiles && remaining > 0; next = pending.pop()) {
    remaining -= 1;
    const reader = next.createReader?.();
    if (reader !== undefined) {
      const entries = await readEntries(reader);
      for (const entry of entries.toReversed()) if (!isIgnored(entry)) pending.push(entry);
    } else {
      const file = await readFile(next);
      if (file === null) unreadable.push(next.name);
      else files.push(file);
    }
    if (!onFound(files.length)) break;
  }
  return { files, unreadable };
}

/** The file of an entry; null if it cannot be read. */
async function readFile(entry: FileEntry): Promise<File | null> {
  return await new Promise((resolve) => {
    const resolveNull = () => {
      resolve(null);
    };
    if (entry.file === undefined) resolveNull();
    else entry.file(resolve, resolveNull);
  });
}

/** The files of a picked folder, without the ignored ones. */
export function withoutIgnoredFiles<File extends { readonly webkitRelativePath: string }>(files: readonly File[]): readonly File[] {
  return files.filter(
    ({ webkitRelativePath }) =>
      !webkitRelativePath
        .split("/")
        .slice(1)
        .some((name, at, path) => (at === path.length - 1 ? IGNORED_FILE : IGNORED_FOLDER).test(name)),
  );
}

function isIgnored(entry: FileEntry): boolean {
  return ("createReader" in entry ? IGNORED_FOLDER : IGNORED_FILE).test(entry.name);
}

async function readEntries(reader: DirectoryReader): Promise<readonly FileEntry[]> {
  const all: FileEntry[] = [];
  for (;;) {
    const chunk = await new Promise<readonly FileEntry[]>((resolve) => {
      reader.readEntries(resolve, () => {
        resolve([]);
      });
    });
    if (chunk.length === 0) return all;
    all.push(...chunk);
  }
}
