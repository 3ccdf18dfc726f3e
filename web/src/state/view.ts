/**
 * A view: which photos the page shows, and in which order. `page-address.ts` encodes it in the URL.
 *
 * A view is the timeline, a search of it, the photos of an album, or the user's own rejected or trashed photos.
 */
import { isBetweenDates, isOnDay } from "./dates.ts";
import { lastAddedFirst, newestFirst, type Photo, type PhotoState } from "./photo.ts";
import { fold, hasWords, trimWord } from "./search-words.ts";
import { isSameTag, normalizeTag, type SearchTerm } from "./search-terms.ts";

export type Scope = "mine" | "public";
/** Whether a photo must have all tags or any of them. */
export type Match = "all" | "any";
/** The order of trending tags: by photo count or by heat. */
export type TrendOrder = "count" | "heat";

/** The order of the photos: by date taken, or by the time of the upload; the newest first. */
export type PhotoOrder = "taken" | "added";

/** An area of the map: south, west, north and east, in degrees; west is greater than east across the 180th meridian. */
export type Bounds = readonly [south: number, west: number, north: number, east: number];

/** The photo states that have a view. */
export type ViewState = Extract<PhotoState, "ready" | "rejected" | "trashed">;

export interface View {
  readonly scope: Scope;
  /** Words to search for; the last one may be the beginning of a word. */
  readonly words: readonly string[];
  /** Tags to search for, as entered. */
  readonly tags: readonly string[];
  readonly match: Match;
  /** Excluded tags. */
  readonly excluded: readonly string[];
  /** The first and last day of the timeline, ISO dates; null is open. */
  readonly from: string | null;
  readonly to: string | null;
  /** The day of any year, as MM-DD. */
  readonly on: string | null;
  /** From here to `order`: filters of the user's own photos. */
  readonly camera: string | null;
  readonly place: string | null;
  readonly favorite: boolean;
  /** The least rating, 1 to 5; 0 is any. */
  readonly rating: number;
  readonly bounds: Bounds | null;
  readonly order: PhotoOrder;
  /** Photos in this state; all but `ready` show only the user's own. */
  readonly state: ViewState;
  /** The id of the album whose photos are displayed, in the album's order; null: all photos. */
  readonly album: string | null;
  /** Whether the photos are those that the album's owner has to review. */
  readonly review: boolean;
}

/** How many tags, and how many excluded tags, a search takes. */
export const MAX_TERMS = 10;
/** How many words a search takes. */
export const MAX_WORDS = 10;

/** The filters and the order that only a search of all own photos has, unset. */
const OWN_FILTERS = { camera: null, place: null, favorite: false, rating: 0, bounds: null, order: "taken" } as const;

/** All photos of a scope. */
export function allPhotos(scope: Scope): View {
  return {
    scope,
    words: [],
    tags: [],
    match: "all",
    excluded: [],
    from: null,
    to: null,
    on: null,
    ...OWN_FILTERS,
    state: "ready",
    album: null,
    review: false,
  };
}

/** The photos of an album; with `review`, those that its owner has to review. */
export function albumView(album: string, review = false): View {
  return { ...allPhotos("mine"), album, review };
}

/** The view without its search: all photos of its album, or of its scope. */
export function withoutSearch({ scope, album, review }: View): View {
  return { ...allPhotos(scope), album, review };
}

/** The user's own photos from this day of earlier years, by the clock of a date. */
export function onThisDay(date: Date): View {
  const padded = (number: number) => String(number).padStart(2, "0");
  return { ...allPhotos("mine"), to: lastDayBefore(date), on: `${padded(date.getMonth() + 1)}-${padded(date.getDate())}` };
}

/** The last day of the year before a date, by its clock. */
export function lastDayBefore(date: Date): string {
  return `${String(date.getFullYear() - 1).padStart(4, "0")}-12-31`;
}

/** All of the user's own photos, the last added first. */
export function recentlyAdded(): View {
  return { ...allPhotos("mine"), order: "added" };
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
export function isOneTag(view: View): boolean {
  return view.tags.length === 1 && isSameView(view, { ...allPhotos(view.scope), tags: view.tags });
}

/** Whether the view is a search for tags that are not combined with anything else: only that can be downloaded as a whole. */
export function isTagSearch(view: View): boolean {
  const { scope, tags, match } = view;
  return tags.length > 0 && isSameView(view, { ...allPhotos(scope), tags, match });
}

/** The view with one more term; a tag cannot be both searched for and excluded. */
export function addTerm(view: View, { tag, excluded }: SearchTerm): View {
  const { tags, excluded: left } = removeTerm(view, tag);
  return normalizeView({
    ...view,
    state: "ready",
    tags: excluded ? tags : [...tags, tag],
    excluded: excluded ? [...left, tag] : left,
  });
}

/** The view with more words to search for. */
export function addWords(view: View, words: readonly string[]): View {
  return normalizeView({ ...view, state: "ready", words: [...view.words, ...words] });
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

/** The view between two days. */
export function dateView(view: View, from: string | null, to: string | null): View {
  return normalizeView({ ...view, state: "ready", from, to });
}

/** The view of the photos of a year. */
export function yearView(view: View, year: string): View {
  return dateView(view, `${year}-01-01`, `${year}-12-31`);
}

/** The year that a view is of, or null. */
export function viewYear({ from, to }: Pick<View, "from" | "to">): string | null {
  const year = from?.slice(0, 4) ?? "";
  return from === `${year}-01-01` && to === `${year}-12-31` ? year : null;
}

/** Whether the view shows less than all photos, or than all photos of an album. */
export function isFiltered(view: View): boolean {
  return !isSameView(withoutSearch(view), { ...view, order: "taken" });
}

/** Whether the view is all photos of a scope by date taken. */
export function isTimeline(view: View): boolean {
  return isSameView(view, allPhotos(view.scope));
}

/** Whether the view is all of the user's own photos by date taken. */
export function isOwnTimeline(view: View): boolean {
  return view.scope === "mine" && isTimeline(view);
}

/** The same search in another scope; filters of the user's own photos are dropped from a public one. */
export function withScope(view: View, scope: Scope): View {
  return normalizeView({ ...view, scope, state: "ready" });
}

/** Whether two views show the same photos in the same order. */
export function isSameView(a: View, b: View): boolean {
  return viewKey(a) === viewKey(b);
}

/** How the view orders photos; null if only the API knows, as for an album that is ordered by hand. */
export function photoOrder({ order, album }: View): ((a: Photo, b: Photo) => number) | null {
  if (album !== null) return null;
  return order === "added" ? lastAddedFirst : newestFirst;
}

/** Whether a view includes a photo; of an album, whether it may: a record does not tell whether a smart album has the photo. */
export function viewIncludes(view: View, photo: Photo): boolean {
  if (photo.state !== view.state) return false;
  if (view.review && photo.review_album !== view.album) return false;
  if (view.album === null && (view.scope === "mine" ? !photo.mine : photo.status !== "public")) return false;
  const has = (tag: string) => photo.tags.some((other) => isSameTag(other, tag));
  const matches = view.match === "any" ? view.tags.length === 0 || view.tags.some(has) : view.tags.every(has);
  if (!matches || view.excluded.some(has)) return false;
  return isBetweenDates(photo, view.from, view.to) && isOnDay(photo, view.on) && isDescribedAs(view, photo);
}

/** Whether a photo has the words, camera, place, rating and so on of a view. */
function isDescribedAs(view: View, photo: Photo): boolean {
  const isNamed = (name: string, wanted: string | null) => wanted === null || fold(name).trim() === fold(wanted).trim();
  return (
    hasWords(photo, view.words, view.scope === "mine") &&
    isNamed(photo.camera ?? "", view.camera) &&
    (view.place === null || (photo.place ?? "").split(", ").some((name) => isNamed(name, view.place))) &&
    (!view.favorite || photo.favorite === true) &&
    (photo.rating ?? 0) >= view.rating &&
    (view.bounds === null || isWithin(view.bounds, photo.coordinates ?? null))
  );
}

function isWithin([south, west, north, east]: Bounds, at: Photo["coordinates"] | null): boolean {
  if (at === null || at === undefined || at.latitude < south || at.latitude > north) return false;
  const { longitude } = at;
  return west <= east ? west <= longitude && longitude <= east : longitude >= west || longitude <= east;
}

/** The view without the words and tags that are too many for a search. */
export function limitView(view: View): View {
  const { words, tags, excluded } = view;
  return { ...view, words: words.slice(0, MAX_WORDS), tags: tags.slice(0, MAX_TERMS), excluded: excluded.slice(0, MAX_TERMS) };
}

/** A valid view: each word and tag once, words without punctuation around them, and no combination that the API does not support. */
export function normalizeView(view: View): View {
  const album = view.scope === "mine" ? view.album : null;
  if (view.state !== "ready" && view.scope === "mine" && album === null) return { ...allPhotos("mine"), state: view.state };
  const tags = uniqueTags(view.tags);
  const excluded = uniqueTags(view.excluded).filter((tag) => !tags.some((other) => isSameTag(tag, other)));
  const isReversed = view.from !== null && view.to !== null && view.from > view.to;
  // The API lists what has to be reviewed as a whole.
  if (album !== null && view.review && !isSearch(view)) return albumView(album, true);
  return {
    ...(view.scope === "mine" ? view : { ...view, ...OWN_FILTERS }),
    ...(album !== null && { order: "taken" }),
    state: "ready",
    album,
    review: false,
    words: uniqueTags(view.words.map(trimWord)),
    tags,
    match: tags.length > 1 ? view.match : "all",
    excluded,
    from: isReversed ? view.to : view.from,
    to: isReversed ? view.from : view.to,
  };
}

/** Whether a view that is not normalized searches for anything. */
function isSearch({ words, tags, excluded, from, to, on, camera, place, favorite, rating, bounds }: View): boolean {
  const hasNames = [words, tags, excluded].some((names) => uniqueTags(names).length > 0);
  return hasNames || favorite || rating > 0 || [from, to, on, camera, place, bounds].some((filter) => filter !== null);
}

function uniqueTags(tags: readonly string[]): string[] {
  const unique: string[] = [];
  for (const tag of tags.map((tag) => tag.trim())) {
    if (tag !== "" && !unique.some((other) => isSameTag(other, tag))) unique.push(tag);
  }
  return unique;
}

/** A text that is equal for views of the same photos in the same order. */
function viewKey(view: View): string {
  const { words, tags, excluded, camera, place, ...others } = view;
  const fold = (names: readonly string[]) => names.map(normalizeTag);
  const entries = Object.entries({
    ...others,
    words: fold(words),
    tags: fold(tags).sort(),
    excluded: fold(excluded).sort(),
    named: [camera, place].map((name) => (name === null ? null : normalizeTag(name))),
  });
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
