/**
 * What the viewer does with a photo: move it to the trash or out of it, delete it, or decide about one that a guest has added.
 *
 * A photo that leaves its view by that leaves the viewer at once, and comes back if the API refuses it or the user undoes it.
 */
import { explain } from "../i18n/common.ts";
import { describeOutcome, selectionStrings } from "../i18n/selection.ts";
import { BatchActions, type BatchApi, type BatchOperation, type BatchOutcome } from "./batch-actions.ts";
import type { Photo } from "./photo.ts";
import type { Toast } from "./toaster.ts";
import type { RemovedPhoto } from "./viewer-list.ts";

export type PhotoAction = "trash" | "restore" | "delete_permanently" | "approve" | "decline";

/** The photos that the viewer shows. */
export interface ViewerSlides {
  /** Removes a photo and goes on to the next; null if it is not there. */
  readonly remove: (photoId: string) => RemovedPhoto | null;
  /** Shows a removed photo in its place again. */
  readonly restore: (removed: RemovedPhoto, photo: Photo) => void;
}

export interface PhotoActionHandlers {
  readonly slides: ViewerSlides;
  /** Called with each photo that was changed; `isGone`: it does not exist any more. */
  readonly onChanged: (photo: Photo, isGone: boolean) => void;
  readonly report: (toast: Toast) => void;
}

/** What the user can do with a photo, the most important first. */
export function photoActions({ mine, state, review_album: review }: Photo): readonly PhotoAction[] {
  if (!mine) return [];
  if (state === "trashed") return ["restore", "delete_permanently"];
  if (state !== "ready") return [];
  return (review ?? null) === null ? ["trash"] : ["approve", "decline", "trash"];
}

export class PhotoActions {
  readonly #api: BatchApi;
  readonly #handlers: PhotoActionHandlers;

  constructor(api: BatchApi, handlers: PhotoActionHandlers) {
    this.#api = api;
    this.#handlers = handlers;
  }

  /** Performs an action and reports its outcome; `isReview`: the view has the photos that wait for a decision. */
  async perform(action: PhotoAction, photo: Photo, isReview: boolean): Promise<void> {
    const { slides, report } = this.#handlers;
    const staysInView = !isReview && (action === "approve" || action === "decline");
    const removed = staysInView ? null : slides.remove(photo.photo_id);
    const outcome = await new BatchActions(this.#api).perform({ change: { action }, photos: [photo] });
    if (outcome === null) return;
    const [failure] = outcome.failures;
    if (failure?.missing === true) this.#handlers.onChanged(photo, true);
    else if (failure !== undefined && removed !== null) slides.restore(removed, photo);
    this.#changed(outcome);
    const [undo] = outcome.undo;
    report({
      message: describeOutcome(outcome),
      errors: outcome.failures.map(({ reason }) => reason),
      undo: undo === undefined ? null : () => void this.#undo(undo, removed),
    });
  }

  async #undo(operation: BatchOperation, removed: RemovedPhoto | null): Promise<void> {
    const { slides, report } = this.#handlers;
    const outcome = await new BatchActions(this.#api).perform(operation);
    if (outcome === null) return;
    this.#changed(outcome);
    const [photo] = outcome.done;
    if (photo === undefined) {
      const [failure] = outcome.failures;
      report({ message: selectionStrings.undoFailed(1), errors: [failure?.reason ?? explain(null)], undo: null });
      return;
    }
    // A photo may come back in another state, such as a duplicate of one that was uploaded meanwhile.
    if (removed !== null && photo.state === removed.photo.state) slides.restore(removed, photo);
    report({ message: selectionStrings.undone, errors: [], undo: null });
  }

  #changed({ change, done }: BatchOutcome): void {
    for (const photo of done) this.#handlers.onChanged(photo, change.action === "delete_permanently");
  }
}
