/**
 * Which photos are being looked at, and how that is written in the page's address, so that links and Back work.
 */

export type Scope = "mine" | "public";

export interface View {
  readonly scope: Scope;
  /** One tag, as the person wrote it, or null for the whole timeline. */
  readonly tag: string | null;
}

/** The view that an address's query asks for; nobody signed in sees public photos only. */
export function readView(query: string, signedIn: boolean): View {
  const asked = new URLSearchParams(query);
  const tag = asked.get("tag")?.trim() ?? "";
  return {
    scope: signedIn && asked.get("scope") !== "public" ? "mine" : "public",
    tag: tag === "" ? null : tag,
  };
}

/** The query that leads to a view: as short as it can be, `?` and all, or empty. */
export function writeView(view: View, signedIn: boolean): string {
  const query = new URLSearchParams();
  if (view.tag !== null) query.set("tag", view.tag);
  if (signedIn && view.scope === "public") query.set("scope", "public");
  const written = query.toString();
  return written === "" ? "" : `?${written}`;
}

/** Whether two views show the same photos. */
export function sameView(a: View, b: View): boolean {
  return a.scope === b.scope && sameTag(a.tag, b.tag);
}

/** Whether two tags are one: the library keeps them in lower case. */
export function sameTag(a: string | null, b: string | null): boolean {
  return normal(a) === normal(b);
}

function normal(tag: string | null): string | null {
  return tag === null ? null : tag.normalize("NFKC").trim().toLowerCase();
}
