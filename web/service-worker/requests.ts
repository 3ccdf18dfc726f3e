/**
 * Which requests the service worker answers, and how. It is there for the document and the files that the page loads first: the
 * page for guests, the API, photos and everything else are none of its business.
 */

/** The page as it was built. */
export interface Shell {
  /** The content of `index.html`. */
  readonly document: string;
  /** The files that the document refers to, relative to the scope, with the SHA-256 of each in hex; their names change with their content. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * - `document`: from the network, or from the cache if there is none
 * - `config`: the same for `config.json`
 * - `file`: from the cache
 * - `ignored`: as if there was no service worker
 */
export type Handling = "document" | "config" | "file" | "ignored";

export const DOCUMENT = "";
export const CONFIG = "config.json";

/** How a request is handled; `scope` is the URL of the folder of the page. */
export function handlingOf({ method, url, mode }: Pick<Request, "method" | "url" | "mode">, scope: string, shell: Shell): Handling {
  if (method !== "GET" || !url.startsWith(scope)) return "ignored";
  const [path = ""] = url.slice(scope.length).split(/[?#]/);
  if (mode === "navigate") return path === DOCUMENT ? "document" : "ignored";
  if (path === CONFIG) return "config";
  return Object.hasOwn(shell.files, path) ? "file" : "ignored";
}
