/**
 * Which photos are being looked at, and how that is written in the page's address, so that links and Back work.
 *
 * A view is the timeline, perhaps between two dates; or a search by tags; or, of one's own photos, those that were
 * rejected or lie in the trash.
 * The library searches tags without dates, so a view never has both: what was asked for last stays.
 */
import { isIsoDate, isBetweenDates } from "./dates.ts";
import type { Photo, PhotoState } from "./photo.ts";
import { isSameTag, type SearchTerm } from "./search-terms.ts";

export type Scope = "mine" | "public";
/** Whether a photo must have every tag, or one of them. */
export type Match = "all" | "any";
/** Trending tags by how many photos they have, or by how hot they are. */
export type TrendOrder = "count" | "heat";

/** States that are looked at, each in its own view. */
export type ViewState = Extract<PhotoState, "ready" | "rejected" | "trashed">;

export interface View {
  readonly scope: Scope;
  /** Tags to have, as the person wrote them; none is the timeline. */
  readonly tags: readonly string[];
  readonly match: Match;
  /** Tags not to have; none without a tag to have. */
  readonly excluded: readonly string[];
  /** First and last day of the timeline, ISO dates; null is open. */
  readonly from: string | null;
  readonly to: string | null;
  /** Photos in this state; all but `ready` are one's own alone. */
  readonly state: ViewState;
}

/** The library takes so many tags in one question, and so many to be without. */
export const MAX_TERMS = 10;

const OTHER_STATES: readonly ViewState[] = ["rejected", "trashed"];

/** All photos of a scope. */
export function allPhotos(scope: Scope): View {
  return { scope, tags: [], match: "all", excluded: [], from: null, to: null, state: "ready" };
}

/** One's own photos that could not be used, or that are in the trash. */
export function photosInState(state: Exclude<ViewState, "ready">): View {
  return { ...allPhotos("mine"), state };
}

/** Exactly the photos of one tag. */
export function tagView({ scope }: View, tag: string): View {
  return { ...allPhotos(scope), tags: [tag] };
}

/** Whether the view is of one tag and nothing else, as a random photo can be. */
export function isOneTag({ tags, excluded }: View): boolean {
  return tags.length === 1 && excluded.length === 0;
}

/** The view narrowed, or with match `any` widened, by one more term; a tag cannot be both wanted and not. */
export function addTerm(view: View, { tag, excluded }: SearchTerm): View {
  const { scope, match, tags, excluded: left } = removeTerm(view, tag);
  return normalizeView({
    ...allPhotos(scope),
    match,
    tags: excluded ? tags : [...tags, tag],
    excluded: excluded ? [...left, tag] : left,
  });
}

/** The view with all of these terms: what is wanted first, so that there is something to leave others out of. */
export function addTerms(view: View, terms: readonly SearchTerm[]): View {
  return [...terms].sort((a, b) => Number(a.excluded) - Number(b.excluded)).reduce(addTerm, view);
}

/** Whether a term is part of the view. */
export function hasTerm(view: View, { tag, excluded }: SearchTerm): boolean {
  return (excluded ? view.excluded : view.tags).some((other) => isSameTag(tag, other));
}

/** The view without that tag, whichever way it was meant. */
export function removeTerm(view: View, tag: string): View {
  const others = (tags: readonly string[]) => tags.filter((other) => !isSameTag(other, tag));
  return normalizeView({ ...view, tags: others(view.tags), excluded: others(view.excluded) });
}

/** The timeline between two days; tags cannot come along. */
export function dateView({ scope }: View, from: string | null, to: string | null): View {
  return normalizeView({ ...allPhotos(scope), from, to });
}

/** Whether the view shows less than everything. */
export function isFiltered(view: View): boolean {
  return view.state !== "ready" || view.tags.length > 0 || hasDates(view);
}

/** Whether the view is all of one's own photos. */
export function isOwnTimeline(view: View): boolean {
  return view.scope === "mine" && !isFiltered(view);
}

export function hasDates({ from, to }: View): boolean {
  return from !== null || to !== null;
}

/** The view that an address's query asks for; nobody signed in sees public photos only. */
export function parseView(query: string, signedIn: boolean): View {
  const asked = new URLSearchParams(query);
  const day = (name: string) => [asked.get(name)].find(isIsoDate) ?? null;
  return normalizeView({
    scope: signedIn && asked.get("scope") !== "public" ? "mine" : "public",
    tags: asked.getAll("tag"),
    match: asked.get("match") === "any" ? "any" : "all",
    excluded: asked.getAll("not"),
    from: day("from"),
    to: day("to"),
    state: OTHER_STATES.find((state) => state === asked.get("state")) ?? "ready",
  });
}

/** The order of the trending tags that an address asks for. */
export function parseOrder(query: string): TrendOrder {
  return new URLSearchParams(query).get("order") === "heat" ? "heat" : "count";
}

/** The query that leads to a view, with the trending tags in an order: as short as it can be, `?` and all, or empty. */
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
  const written = query.toString();
  return written === "" ? "" : `?${written}`;
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

/** Whether a view shows that photo. */
export function viewIncludes(view: View, photo: Photo): boolean {
  if (photo.state !== view.state) return false;
  if (view.scope === "mine" ? !photo.mine : photo.status !== "public") return false;
  const has = (tag: string) => photo.tags.some((other) => isSameTag(other, tag));
  const wanted = view.match === "any" ? view.tags.length === 0 || view.tags.some(has) : view.tags.every(has);
  return wanted && !view.excluded.some(has) && isBetweenDates(photo, view.from, view.to);
}

/** A view that makes sense, whatever it was put together from: each tag once, nothing that cannot go together. */
function normalizeView(view: View): View {
  const calm = allPhotos(view.scope);
  if (view.state !== "ready" && view.scope === "mine") return { ...calm, state: view.state };
  const tags = uniqueTags(view.tags);
  if (tags.length > 0) {
    const excluded = uniqueTags(view.excluded).filter((tag) => !tags.some((other) => isSameTag(tag, other)));
    return { ...calm, tags, match: tags.length > 1 ? view.match : "all", excluded };
  }
  const turned = view.from !== null && view.to !== null && view.from > view.to;
  return { ...calm, from: turned ? view.to : view.from, to: turned ? view.from : view.to };
}

function uniqueTags(tags: readonly string[]): string[] {
  const kept: string[] = [];
  for (const tag of tags.map((tag) => tag.trim())) {
    if (tag !== "" && !kept.some((other) => isSameTag(other, tag))) kept.push(tag);
  }
  return kept.slice(0, MAX_TERMS);
}

function isSameTagSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag) => b.some((other) => isSameTag(tag, other)));
}
