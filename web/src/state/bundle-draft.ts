/**
 * The photos that the user is about to download: all, those of some days, those with some tags, those of an album, or those
 * selected in the grid.
 */
import { Observable } from "../core/observable.ts";
import type { Album } from "./albums.ts";
import { type DayRange, MAX_BUNDLE_PHOTOS, planRanges } from "./bundle-plan.ts";
import type { BundleRequest, Variant } from "./bundles.ts";
import { isSameTag } from "./search-terms.ts";
import type { Statistics } from "./statistics.ts";
import type { Match } from "./view.ts";

/** By what the photos are chosen, unless they are an album or selected ones. */
export type BundleSource = "all" | "dates" | "tags";

/** Why a draft is no request yet. */
export type DraftProblem = "no-tags" | "no-dates" | "reversed-dates";

export class BundleDraft extends Observable {
  source: BundleSource = "all";
  tags: readonly string[] = [];
  match: Match = "any";
  days: DayRange = { from: null, to: null };
  photoIds: readonly string[] = [];
  album: Pick<Album, "album_id" | "title"> | null = null;
  variant: Variant = "original";
  /** Whether each photo gets an XMP sidecar. */
  sidecars = false;

  /** Whether the photos are an album or selected ones, to which tags can be added. */
  get isGiven(): boolean {
    return this.photoIds.length > 0 || this.album !== null;
  }

  /** Why there is nothing to download yet; null if there is. */
  get problem(): DraftProblem | null {
    const { from, to } = this.days;
    if (this.isGiven || this.source === "all") return null;
    if (this.source === "tags") return this.tags.length === 0 ? "no-tags" : null;
    if (from === null && to === null) return "no-dates";
    return from !== null && to !== null && from > to ? "reversed-dates" : null;
  }

  has(tag: string): boolean {
    return this.tags.some((other) => isSameTag(tag, other));
  }

  /** Starts over with tags, photos or an album; without any, with all photos. */
  reset(tags: readonly string[], match: Match, photoIds: readonly string[], album: BundleDraft["album"] = null): void {
    const days = { from: null, to: null };
    Object.assign(this, { tags, match, days, photoIds, album, variant: "original", sidecars: false });
    this.source = tags.length > 0 || this.isGiven ? "tags" : "all";
    this.notifyWatchers();
  }

  setSource(source: BundleSource): void {
    this.source = source;
    this.notifyWatchers();
  }

  setDays(days: DayRange): void {
    this.days = days;
    this.notifyWatchers();
  }

  toggle(tag: string): void {
    this.tags = this.has(tag) ? this.tags.filter((other) => !isSameTag(tag, other)) : [...this.tags, tag.toLowerCase()];
    this.notifyWatchers();
  }

  setMatch(match: Match): void {
    this.match = match;
    this.notifyWatchers();
  }

  setVariant(variant: Variant): void {
    this.variant = variant;
    this.notifyWatchers();
  }

  setSidecars(sidecars: boolean): void {
    this.sidecars = sidecars;
    this.notifyWatchers();
  }

  removeAlbum(): void {
    this.album = null;
    this.notifyWatchers();
  }

  removePhotos(): void {
    this.photoIds = [];
    this.notifyWatchers();
  }

  /** The ranges of days to download; null if the photos are chosen otherwise. More than one if a bundle cannot contain them. */
  ranges(library: Pick<Statistics, "photos" | "months">): readonly DayRange[] | null {
    if (this.isGiven || this.source === "tags") return null;
    return this.source === "all" ? planRanges(library) : [this.days];
  }

  /** The bundles to create, each with a title if it is of some days. */
  toRequests(
    notify: boolean,
    library: Pick<Statistics, "photos" | "months">,
    titleOf: (days: DayRange) => string,
  ): readonly BundleRequest[] {
    const { tags, match, photoIds, album, variant, sidecars } = this;
    const options = { ...(variant !== "original" && { variant }), ...(sidecars && { sidecars }), notify };
    const ranges = this.ranges(library);
    if (ranges !== null) {
      return ranges.map((days) => {
        const query = { ...(days.from !== null && { from: days.from }), ...(days.to !== null && { to: days.to }) };
        return { query, ...(Object.keys(query).length > 0 && { title: titleOf(days) }), ...options };
      });
    }
    const first = {
      tags,
      match,
      photo_ids: photoIds.slice(0, MAX_BUNDLE_PHOTOS),
      ...(album !== null && { album_id: album.album_id }),
      ...options,
    };
    const others: BundleRequest[] = [];
    for (let start = MAX_BUNDLE_PHOTOS; start < photoIds.length; start += MAX_BUNDLE_PHOTOS) {
      others.push({ photo_ids: photoIds.slice(start, start + MAX_BUNDLE_PHOTOS), ...options });
    }
    return [first, ...others];
  }
}
