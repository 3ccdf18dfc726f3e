/**
 * The photos that the user is about to download: those with some tags, and those selected in the grid.
 */
import { Observable } from "../core/observable.ts";
import type { BundleRequest } from "./bundles.ts";
import { isSameTag } from "./search-terms.ts";
import type { Match } from "./view.ts";

export class BundleDraft extends Observable {
  tags: readonly string[] = [];
  match: Match = "any";
  photoIds: readonly string[] = [];

  get isEmpty(): boolean {
    return this.tags.length + this.photoIds.length === 0;
  }

  has(tag: string): boolean {
    return this.tags.some((other) => isSameTag(tag, other));
  }

  /** Starts over with tags or photos. */
  reset(tags: readonly string[], match: Match, photoIds: readonly string[]): void {
    Object.assign(this, { tags, match, photoIds });
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

  removePhotos(): void {
    this.photoIds = [];
    this.notifyWatchers();
  }

  toRequest(notify: boolean): BundleRequest {
    return { tags: this.tags, match: this.match, photo_ids: this.photoIds, notify };
  }
}
