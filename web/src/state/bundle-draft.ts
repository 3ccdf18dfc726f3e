/**
 * What a person is about to take away: the photos of some tags, and photos chosen in the grid.
 */
import { Observable } from "../core/observable.ts";
import type { Order } from "./bundles.ts";
import { sameTag } from "./search-terms.ts";
import type { Match } from "./view.ts";

export class Draft extends Observable {
  tags: readonly string[] = [];
  match: Match = "any";
  photoIds: readonly string[] = [];

  get isEmpty(): boolean {
    return this.tags.length + this.photoIds.length === 0;
  }

  has(tag: string): boolean {
    return this.tags.some((other) => sameTag(tag, other));
  }

  /** Begins anew: with these tags, or these photos. */
  begin(tags: readonly string[], match: Match, photoIds: readonly string[]): void {
    Object.assign(this, { tags, match, photoIds });
    this.changed();
  }

  toggle(tag: string): void {
    this.tags = this.has(tag) ? this.tags.filter((other) => !sameTag(tag, other)) : [...this.tags, tag.toLowerCase()];
    this.changed();
  }

  matching(match: Match): void {
    this.match = match;
    this.changed();
  }

  withoutPhotos(): void {
    this.photoIds = [];
    this.changed();
  }

  order(notify: boolean): Order {
    return { tags: this.tags, match: this.match, photo_ids: this.photoIds, notify };
  }
}
