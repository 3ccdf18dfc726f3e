/**
 * The photos that the user is about to download: those with some tags, those of an album, and those selected in the grid.
 */
import { Observable } from "../core/observable.ts";
import type { Album } from "./albums.ts";
import type { BundleRequest, Variant } from "./bundles.ts";
import { isSameTag } from "./search-terms.ts";
import type { Match } from "./view.ts";

export class BundleDraft extends Observable {
  tags: readonly string[] = [];
  match: Match = "any";
  photoIds: readonly string[] = [];
  album: Pick<Album, "album_id" | "title"> | null = null;
  variant: Variant = "original";

  get isEmpty(): boolean {
    return this.tags.length + this.photoIds.length === 0 && this.album === null;
  }

  has(tag: string): boolean {
    return this.tags.some((other) => isSameTag(tag, other));
  }

  /** Starts over with tags, photos or an album. */
  reset(tags: readonly string[], match: Match, photoIds: readonly string[], album: BundleDraft["album"] = null): void {
    Object.assign(this, { tags, match, photoIds, album, variant: "original" });
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

  removeAlbum(): void {
    this.album = null;
    this.notifyWatchers();
  }

  removePhotos(): void {
    this.photoIds = [];
    this.notifyWatchers();
  }

  toRequest(notify: boolean): BundleRequest {
    const { tags, match, photoIds, album, variant } = this;
    return {
      tags,
      match,
      photo_ids: photoIds,
      ...(album !== null && { album_id: album.album_id }),
      ...(variant !== "original" && { variant }),
      notify,
    };
  }
}
