/**
 * Choosing photos in the grid, and what follows from it: the bar at the foot of the page, what is done to the photos,
 * and the line that tells of it and undoes it.
 */
import type { Completions } from "./completions.ts";
import type { Action, Curation, Outcome, Step } from "./curation.ts";
import type { Gallery } from "./elements/gallery.ts";
import type { Feed } from "./feed.ts";
import type { Photo } from "./photo.ts";
import type { Selection } from "./selection.ts";
import { outcomeInWords, strings } from "./strings.ts";
import type { Toaster } from "./toaster.ts";
import type { Shelf } from "./view.ts";

export interface PickingParts {
  readonly feed: Feed;
  readonly selection: Selection;
  readonly curation: Curation;
  readonly toaster: Toaster;
  readonly completions: Completions;
  readonly gallery: Gallery;
  readonly shelf: () => Shelf;
  /** Photos were changed: what is told of their tags may be another. */
  readonly curated: () => void;
  /** Photos are to be taken away. */
  readonly takeAway: (photoIds: readonly string[]) => void;
}

export class Picking {
  readonly #parts: PickingParts;
  #foot: Promise<void> | null = null;

  constructor(parts: PickingParts) {
    this.#parts = parts;
    parts.feed.watch(() => {
      parts.selection.keepOnly(parts.feed.photos.map(({ photo_id }) => photo_id));
    });
    document.addEventListener("keydown", (event) => {
      this.#key(event);
    });
  }

  /** A photo is chosen, or let go; or everything from the one chosen before it. */
  pick(photoId: string, range: boolean): void {
    const { selection, feed } = this.#parts;
    const mine = feed.photos.filter((photo) => photo.mine).map(({ photo_id }) => photo_id);
    if (range) selection.extend(photoId, mine);
    else selection.toggle(photoId);
    void this.#open();
  }

  /** Does something to photos, and tells of it. */
  async act(step: Step): Promise<Outcome | null> {
    return await this.#tell(await this.#parts.curation.perform(step));
  }

  async #actOnChosen(action: Action, tags: readonly string[]): Promise<void> {
    await this.#moving((photos) => this.act({ action, photos, tags }));
  }

  async #erase(): Promise<void> {
    await this.#moving(async (photos) => await this.#tell(await this.#parts.curation.erase(photos)));
  }

  async #undo(steps: readonly Step[]): Promise<void> {
    const { curation } = this.#parts;
    const outcomes: Outcome[] = [];
    for (const step of steps) {
      const outcome = await curation.perform(step);
      if (outcome !== null) outcomes.push(outcome);
    }
    const [done, failures] = [outcomes.flatMap((each) => each.done), outcomes.flatMap((each) => each.failures)];
    this.#settle(done);
    this.#say(failures.length === 0 ? strings.undone : strings.notUndone(failures.length), failures, []);
  }

  async #tell(outcome: Outcome | null): Promise<Outcome | null> {
    if (outcome === null) return null;
    const { deed, done, failures, undo } = outcome;
    await this.#open();
    if (deed === "erase") this.#parts.feed.lose(done.map(({ photo_id }) => photo_id));
    else this.#settle(done);
    this.#say(outcomeInWords(outcome), failures, undo);
    return outcome;
  }

  #say(sentence: string, failures: Outcome["failures"], undo: readonly Step[]): void {
    this.#parts.toaster.say({
      sentence,
      troubles: failures.map(({ photo, reason }) => `${photo.filename}: ${reason}`),
      undo: undo.length === 0 ? null : () => {
        // While something else is being done the way back stays open.
        if (this.#parts.curation.working === null) void this.#undo(undo);
        else this.#say(sentence, failures, undo);
      },
    });
  }

  #settle(photos: readonly Photo[]): void {
    this.#parts.feed.settle(photos);
    this.#parts.curated();
  }

  /** Afterwards what failed is chosen still; else the keyboard stands where the first photo stood. */
  async #moving(act: (photos: readonly Photo[]) => Promise<Outcome | null>): Promise<void> {
    const { selection, feed, gallery } = this.#parts;
    const place = feed.photos.findIndex((photo) => selection.chosen.has(photo.photo_id));
    const outcome = await act(this.#chosen());
    if (outcome === null) return;
    selection.choose(outcome.failures.map(({ photo }) => photo.photo_id));
    if (selection.size > 0) return;
    await gallery.updateComplete;
    gallery.focusPlace(place);
  }

  #chosen(): readonly Photo[] {
    const { feed, selection } = this.#parts;
    return feed.photos.filter(({ photo_id }) => selection.chosen.has(photo_id));
  }

  #key(event: KeyboardEvent): void {
    const { selection, toaster } = this.#parts;
    const elsewhere = document.querySelector("dialog[open], .pswp, :popover-open") !== null;
    if (event.defaultPrevented || elsewhere || isTyping(event.target)) return;
    if (event.key === "Escape") selection.clear();
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && toaster.toast?.undo) {
      event.preventDefault();
      toaster.undo();
    }
  }

  #open(): Promise<void> {
    this.#foot ??= this.#load();
    return this.#foot;
  }

  async #load(): Promise<void> {
    const { openFoot } = await import("./elements/selection.ts");
    const { selection, feed } = this.#parts;
    openFoot(this.#parts, {
      act: (action, tags) => this.#actOnChosen(action, tags),
      erase: () => this.#erase(),
      takeAway: () => {
        this.#parts.takeAway(this.#chosen().map(({ photo_id }) => photo_id));
      },
      all: () => {
        selection.choose(feed.photos.filter((photo) => photo.mine).map(({ photo_id }) => photo_id));
      },
      isMore: () => feed.hasMore,
      end: () => {
        const last = [...selection.chosen].at(-1);
        selection.clear();
        if (last !== undefined) this.#parts.gallery.focusPhoto(last);
      },
    });
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
