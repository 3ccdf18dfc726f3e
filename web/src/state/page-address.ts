/**
 * What the URL of the page says: the view, what is open over it, and where its photos begin.
 *
 *     ?q=dog+beach&tag=&match=any&not=&from=&to=&on=MM-DD      the search
 *     &camera=&place=&favorite=true&rating=4&bounds=s,w,n,e    filters of the user's own photos
 *     &order=added &state=trashed &scope=public                order, state, and whose photos
 *     &album=id &review=true                                   the album whose photos are displayed; those to review
 *     &view=explore|map|albums|shared                          another page than the grid of photos
 *     &at=2019-06                                              the month at which the photos begin
 *     &photo=id                                                the open photo
 *     &trending=heat                                           the order of the trending tags
 */
import { isDayOfYear, isIsoDate, isIsoMonth } from "./dates.ts";
import type { Photo } from "./photo.ts";
import { allPhotos, type Bounds, isTimeline, limitView, normalizeView, type TrendOrder, type View, type ViewState } from "./view.ts";

/** What the page shows: the photos of the view in a grid, or another page; albums are the user's own or shared with them. */
export type PageKind = "photos" | "explore" | "map" | "albums" | "shared";

export interface PageAddress {
  readonly view: View;
  readonly page: PageKind;
  /** The month at which the photos of a timeline begin, as YYYY-MM; null: at the first one. */
  readonly at: string | null;
  /** The id of the open photo. */
  readonly photo: string | null;
  readonly trendOrder: TrendOrder;
}

const OTHER_STATES: readonly ViewState[] = ["rejected", "trashed"];
const OTHER_PAGES: readonly PageKind[] = ["explore", "map", "albums", "shared"];
const ID = /^[\w-]{1,64}$/;

/** The address of a view with nothing else. */
export function addressOf(view: View): PageAddress {
  return { view, page: "photos", at: null, photo: null, trendOrder: "count" };
}

/** The address of a photo alone, without the search that found it: in Public if it is public, so that a link to it opens for everybody. */
export function photoAddress({ photo_id: photo, status }: Pick<Photo, "photo_id" | "status">): PageAddress {
  return { ...addressOf(allPhotos(status === "public" ? "public" : "mine")), photo };
}

/** The address in a URL query; without a sign-in it shows only public photos, and in place of an album the page that asks to sign in. */
export function parseAddress(query: string, signedIn: boolean): PageAddress {
  const parameters = new URLSearchParams(query);
  const text = (name: string) => parameters.get(name)?.trim() ?? "";
  const valid = (name: string, isValid: (text: string) => boolean) => [text(name)].find(isValid) ?? null;
  const view = limitView(
    normalizeView({
      scope: signedIn && text("scope") !== "public" ? "mine" : "public",
      words: text("q").split(/\s+/),
      tags: parameters.getAll("tag"),
      match: text("match") === "any" ? "any" : "all",
      excluded: parameters.getAll("not"),
      from: valid("from", isIsoDate),
      to: valid("to", isIsoDate),
      on: valid("on", isDayOfYear),
      camera: text("camera") || null,
      place: text("place") || null,
      favorite: text("favorite") === "true",
      rating: Number(valid("rating", (rating) => /^[1-5]$/.test(rating)) ?? 0),
      bounds: parseBounds(text("bounds")),
      order: text("order") === "added" ? "added" : "taken",
      state: OTHER_STATES.find((state) => state === text("state")) ?? "ready",
      album: valid("album", isId),
      review: text("review") === "true",
    }),
  );
  const isHiddenAlbum = !signedIn && valid("album", isId) !== null;
  return {
    view,
    page: isHiddenAlbum ? "albums" : (OTHER_PAGES.find((page) => page === text("view")) ?? "photos"),
    at: isTimeline(view) ? valid("at", isIsoMonth) : null,
    photo: valid("photo", isId),
    trendOrder: text("trending") === "heat" ? "heat" : "count",
  };
}

/**
 * The URL query of an address, as short as possible: with `?`, or empty.
 *
 * Links to photos are for others too, so they always name their scope: the same photos are "mine" for one person only.
 */
export function addressQuery({ view, page, at, photo, trendOrder }: PageAddress, signedIn: boolean): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string | null) => {
    if (value !== null && value !== "") query.set(name, value);
  };
  set("q", view.words.join(" "));
  for (const tag of view.tags) query.append("tag", tag);
  set("match", view.match === "any" ? "any" : null);
  for (const tag of view.excluded) query.append("not", tag);
  set("from", view.from);
  set("to", view.to);
  set("on", view.on);
  set("camera", view.camera);
  set("place", view.place);
  set("favorite", view.favorite ? "true" : null);
  set("rating", view.rating > 0 ? String(view.rating) : null);
  set("bounds", view.bounds?.join(",") ?? null);
  set("order", view.order === "added" ? "added" : null);
  set("state", view.state === "ready" ? null : view.state);
  set("scope", photo !== null || (signedIn && view.scope === "public") ? view.scope : null);
  set("album", view.album);
  set("review", view.review ? "true" : null);
  set("view", page === "photos" ? null : page);
  set("at", at);
  set("photo", photo);
  set("trending", trendOrder === "heat" ? "heat" : null);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Whether a URL query is of the user's own photos, for which a visitor must sign in. */
export function isOwnAddress(query: string): boolean {
  return new URLSearchParams(query).get("scope") === "mine";
}

function isId(text: string): boolean {
  return ID.test(text);
}

function parseBounds(text: string): Bounds | null {
  const numbers = text.split(",").map((part) => (/^-?\d{1,3}(\.\d{1,9})?$/.test(part) ? Number(part) : NaN));
  const [south, west, north, east] = numbers;
  if (numbers.length !== 4 || south === undefined || west === undefined || north === undefined || east === undefined) return null;
  const isArea = -90 <= south && south <= north && north <= 90 && Math.abs(west) <= 180 && Math.abs(east) <= 180;
  return isArea ? [south, west, north, east] : null;
}
