import { expect, it } from "vitest";

/** The folders that each folder may import from, besides itself. `schema` is the generated `api/schema.d.ts`; modules next to `main.ts` connect everything. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  schema: [],
  i18n: ["core"],
  auth: ["core"],
  state: ["core", "i18n", "schema"],
  api: ["core", "state", "schema"],
  elements: ["core", "i18n", "auth", "state"],
  controllers: ["core", "i18n", "state", "api", "elements"],
  ".": ["core", "i18n", "auth", "state", "api", "elements", "controllers"],
};

const sources = import.meta.glob<string>(["./**/*.ts", "!./**/*.test.ts", "!./fakes/**"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const imports = new Map(Object.entries(sources).map(([path, source]) => [path, importsOf(path, source)]));

/** The modules of the page that a module imports, types and parts that are loaded later included. */
function importsOf(path: string, source: string): readonly string[] {
  const specifiers = [...source.matchAll(/(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+\.ts)"/gm)].map(([, specifier]) => specifier ?? "");
  return specifiers.map((specifier) => `.${new URL(specifier, new URL(path, "file:///")).pathname}`);
}

function folderOf(path: string): string {
  if (path === "./api/schema.d.ts") return "schema";
  const [, folder, ...rest] = path.split("/");
  return folder === undefined || rest.length === 0 ? "." : folder;
}

it("finds every import", () => {
  const missing = [...imports].flatMap(([path, targets]) =>
    targets.filter((target) => !imports.has(target)).map((target) => `${path} -> ${target}`),
  );
  expect(missing).toEqual([]);
  expect(imports.get("./container.ts")).toContain("./api/client.ts");
});

it("imports folders in one direction", () => {
  const wrong = [...imports].flatMap(([path, targets]) => {
    const allowed = [folderOf(path), ...(ALLOWED[folderOf(path)] ?? [])];
    return targets.filter((target) => !allowed.includes(folderOf(target))).map((target) => `${path} -> ${target}`);
  });
  expect(wrong).toEqual([]);
});

it("has no import cycles", () => {
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, parents: readonly string[]): void => {
    if (parents.includes(path)) cycles.push([...parents.slice(parents.indexOf(path)), path].join(" -> "));
    if (finished.has(path) || parents.includes(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...parents, path]);
    finished.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});
