/**
 * A view: which photos the page shows, and how the URL encodes it.
 *
 * A view is the timeline, optionally between two dates; a search by tags; or the user's own rejected or trashed photos.
 * The API does not combine tags and dates, so a view has one or the other: the latest wins.
 */
import { isIsoDate, isBetweenDates } from "./dates.ts";
import type { Photo, PhotoState } from "./photo.ts";
import { isSameTag, type SearchTerm } from "./search-terms.ts";

export type Scope = "mine" | "public";
/** Whether a photo must have all tags or any of them. */
export type Match = "all" | "any";
/** The order of trending tags: by photo count or by heat. */
export type TrendOrder = "count" | "heat";

/** The photo states that have a view. */
export type ViewState = Extract<PhotoState, "ready" | "rejected" | "trashed">;

export interface View {
  readonly scope: Scope;
  /** Tags to search for, as entered; none is the timeline. */
  readonly tags: readonly string[];
  readonly match: Match;
  /** Excluded tags; empty if `tags` is empty. */
  readonly excluded: readonly string[];
  /** The first and last day of the timeline, ISO dates; null is open. */
  readonly from: string | null;
  readonly to: string | null;
  /** Photos in this state; all but `ready` show only the user's own. */
  readonly state: ViewState;
}

/** How many tags, and how many excluded tags, a search takes. */
export const MAX_TERMS = 10;

const OTHER_STATES: readonly ViewState[] = ["rejected", "trashed"];

/** All photos of a scope. */
export function allPhotos(scope: Scope): View {
  return { scope, tags: [], match: "all", excluded: [], from: null, to: null, state: "ready" };
}

/** The user's own rejected or trashed photos. */
export function photosInState(state: Exclude<ViewState, "ready">): View {
  return { ...allPhotos("mine"), state };
}

/** All photos with one tag. */
export function tagView({ scope }: View, tag: string): View {
  return { ...allPhotos(scope), tags: [tag] };
}

/** Whether the view is a search for a single tag: only that can draw a random photo. */
export function isOneTag({ tags, excluded }: View): boolean {
  return tags.length === 1 && excluded.length === 0;
}

/** The view with one more term; a tag cannot be both searched for and excluded. */
export function addTerm(view: View, { tag, excluded }: SearchTerm): View {
  const { scope, match, tags, excluded: left } = removeTerm(view, tag);
  return normalizeView({
    ...allPhotos(scope),
    match,
    tags: excluded ? tags : [...tags, tag],
    excluded: excluded ? [...left, tag] : left,
  });
}

/** The view with more terms; excluded tags come last, because they need a tag to search for. */
export function addTerms(view: View, terms: readonly SearchTerm[]): View {
  return [...terms].sort((a, b) => Number(a.excluded) - Number(b.excluded)).reduce(addTerm, view);
}

/** Whether the view has a term. */
export function hasTerm(view: View, { tag, excluded }: SearchTerm): boolean {
  return (excluded ? view.excluded : view.tags).some((other) => isSameTag(tag, other));
}

/** The view without a tag, searched for or excluded. */
export function removeTerm(view: View, tag: string): View {
  const others = (tags: readonly string[]) => tags.filter((other) => !isSameTag(other, tag));
  return normalizeView({ ...view, tags: others(view.tags), excluded: others(view.excluded) });
}

/** The timeline between two days, without tags. */
export function dateView({ scope }: View, from: string | null, to: string | null): View {
  return normalizeView({ ...allPhotos(scope), from, to });
}

/** Whether the view shows less than all photos. */
export function isFiltered(view: View): boolean {
  return view.state !== "ready" || view.tags.length > 0 || hasDates(view);
}

/** Whether the view is all of the user's own photos. */
export function isOwnTimeline(view: View): boolean {
  return view.scope === "mine" && !isFiltered(view);
}

export function hasDates({ from, to }: View): boolean {
  return from !== null || to !== null;
}

/** The view of a URL query; without a sign-in it shows only public photos. */
export function parseView(query: string, signedIn: boolean): View {
  const parameters = new URLSearchParams(query);
  const day = (name: string) => [parameters.get(name)].find(isIsoDate) ?? null;
  return normalizeView({
    scope: signedIn && parameters.get("scope") !== "public" ? "mine" : "public",
    tags: parameters.getAll("tag"),
    match: parameters.get("match") === "any" ? "any" : "all",
    excluded: parameters.getAll("not"),
    from: day("from"),
    to: day("to"),
    state: OTHER_STATES.find((state) => state === parameters.get("state")) ?? "ready",
  });
}

/** The order of trending tags in a URL query. */
export function parseOrder(query: string): TrendOrder {
  return new URLSearchParams(query).get("order") === "heat" ? "heat" : "count";
}

/** The URL query of a view and an order of trending tags, as short as possible: with `?`, or empty. */
export function viewQuery(view: View, signedIn: boolean, order: TrendOrder = "count"): string {
  const query = new URLSearchParams();
  for (const tag of view.tags) query.append("tag", tag);
  if (view.match === "any") query.set("match", "any");
  for (const tag of view.excluded) query.append("not", tag);
  if (view.from !== null) query.set("from", view.from);
  if (view.to !== null) query.set("to", view.to);
  if (view.state !== "ready") query.set("state", view.state);
  if (signedIn && view.scope === "public") query.set("scope", "public");
  if (order === "heat") query.set("order", order);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Whether two views show the same photos. */
export function isSameView(a: View, b: View): boolean {
  return (
    a.scope === b.scope &&
    a.match === b.match &&
    a.from === b.from &&
    a.to === b.to &&
    a.state === b.state &&
    isSameTagSet(a.tags, b.tags) &&
    isSameTagSet(a.excluded, b.excluded)
  );
}

/** Whether a view includes a photo. */
export function viewIncludes(view: View, photo: Photo): boolean {
  if (photo.state !== view.state) return false;
  if (view.scope === "mine" ? !photo.mine : photo.status !== "public") return false;
  const has = (tag: string) => photo.tags.some((other) => isSameTag(other, tag));
  const matches = view.match === "any" ? view.tags.length === 0 || view.tags.some(has) : view.tags.every(has);
  return matches && !view.excluded.some(has) && isBetweenDates(photo, view.from, view.to);
}

/** A valid view: each tag once, and no combination that the API does not support. */
function normalizeView(view: View): View {
  const base = allPhotos(view.scope);
  if (view.state !== "ready" && view.scope === "mine") return { ...base, state: view.state };
  const tags = uniqueTags(view.tags);
  if (tags.length > 0) {
    const excluded = uniqueTags(view.excluded).filter((tag) => !tags.some((other) => isSameTag(tag, other)));
    return { ...base, tags, match: tags.length > 1 ? view.match : "all", excluded };
  }
  const isReversed = view.from !== null && view.to !== null && view.from > view.to;
  return { ...base, from: isReversed ? view.to : view.from, to: isReversed ? view.from : view.to };
}

function uniqueTags(tags: readonly string[]): string[] {
  const unique: string[] = [];
  for (const tag of tags.map((tag) => tag.trim())) {
    if (tag !== "" && !unique.some((other) => isSameTag(other, tag))) unique.push(tag);
  }
  return unique.slice(0, MAX_TERMS);
}

function isSameTagSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag) => b.some((other) => isSameTag(tag, other)));
}
