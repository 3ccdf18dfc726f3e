import { expect, it } from "vitest";

import { type FileEntry, withoutIgnoredFiles, readFolders } from "./folder-reader.ts";

/** A folder in memory: file names, and folders by name. Browsers return 100 entries per chunk; this one returns 2. */
interface Tree {
  readonly [name: string]: Tree | "file" | "unreadable";
}

function folder(name: string, tree: Tree): FileEntry {
  const entries = Object.entries(tree).map(([inside, what]): FileEntry =>
    typeof what === "object"
      ? folder(inside, what)
      : {
          name: inside,
          file: (found, failed) => {
            if (what === "file") found(new File([], inside));
            else failed();
          },
        },
  );
  const createReader = () => {
    const left = [...entries];
    return {
      readEntries: (found: (entries: readonly FileEntry[]) => void) => {
        found(left.splice(0, 2));
      },
    };
  };
  return { name, createReader };
}

const names = async (folders: readonly FileEntry[], most = 100) => (await readFolders(folders, most)).files.map(({ name }) => name);

it("reads a folder recursively to its end", async () => {
  const trip = folder("trip", { "a.jpg": "file", "b.jpg": "file", day: { "c.jpg": "file", night: { "d.jpg": "file" } }, "e.jpg": "file" });
  expect(await names([trip, folder("more", { "f.jpg": "file" })])).toEqual(["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg"]);
});

it("skips files that systems and programs create next to photos", async () => {
  const left = { ".DS_Store": "file", "Thumbs.db": "file", "a.xmp": "file", "a.JSON": "file", "._a.jpg": "file", "a.jpg": "file" } as const;
  expect(await names([folder("trip", { ...left, ".hidden": { "h.jpg": "file" }, __MACOSX: { "a.jpg": "file" } })])).toEqual(["a.jpg"]);
  const picked = ["trip/a.jpg", "trip/.DS_Store", "trip/a.xmp", "trip/.git/b.jpg", ".trip/c.jpg", "d.jpg"];
  const paths = picked.map((webkitRelativePath) => ({ webkitRelativePath }));
  expect(withoutIgnoredFiles(paths).map(({ webkitRelativePath }) => webkitRelativePath)).toEqual(["trip/a.jpg", ".trip/c.jpg", "d.jpg"]);
});

it("names the files that cannot be read and returns the others", async () => {
  const { files, unreadable } = await readFolders([folder("trip", { "a.jpg": "unreadable", "b.jpg": "file" })], 100);
  expect([files.map(({ name }) => name), unreadable]).toEqual([["b.jpg"], ["a.jpg"]]);
});

it("says how many files it has found, and stops when it is told to", async () => {
  const counts: number[] = [];
  const trip = folder("trip", { "a.jpg": "file", "b.jpg": "file", "c.jpg": "file" });
  const { files } = await readFolders([trip], 100, (count) => {
    counts.push(count);
    return count < 2;
  });
  expect([files.length, counts]).toEqual([2, [0, 1, 2]]);
});

it("stops when it has enough files or has read too many entries", async () => {
  expect(await names([folder("trip", { "a.jpg": "file", "b.jpg": "file", "c.jpg": "file" })], 2)).toEqual(["a.jpg", "b.jpg"]);
  const nothing: Record<string, Tree> = {};
  for (let each = 0; each < 30; each += 1) nothing[`empty-${each}`] = {};
  expect(await names([folder("trip", { ...nothing, "a.jpg": "file" })], 2)).toEqual([]);
});
