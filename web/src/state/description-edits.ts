/**
 * Edits what the user says of a photo: each edit is reported in a toast, which can undo it.
 */
import { viewerStrings } from "../i18n/viewer.ts";
import { positionOf } from "./coordinates.ts";
import { descriptionRestoration } from "./descriptions.ts";
import type { PhotoEditor, PhotoUpdate } from "./photo-editor.ts";
import type { Toaster } from "./toaster.ts";

export type DescriptionEdit = Pick<PhotoUpdate, "favorite" | "caption" | "rating" | "place" | "coordinates">;

export class DescriptionEdits {
  readonly #toaster: Toaster;

  constructor(toaster: Toaster) {
    this.#toaster = toaster;
  }

  /** Edits a photo; returns whether the API accepted the edit. */
  async edit(editor: PhotoEditor, edit: DescriptionEdit): Promise<boolean> {
    const restoration = descriptionRestoration(editor.photo, edit);
    const undo = () => void this.#perform(editor, restoration, viewerStrings.undone, null);
    return await this.#perform(editor, edit, describeEdit(edit), undo);
  }

  async #perform(editor: PhotoEditor, edit: DescriptionEdit, message: string, undo: (() => void) | null): Promise<boolean> {
    const saved = await editor.edit(() => edit);
    if (saved) this.#toaster.show({ message, errors: [], undo });
    else this.#toaster.show({ message: editor.error?.message ?? viewerStrings.conflict, errors: [], undo: null });
    return saved;
  }
}

function describeEdit({ favorite, caption, rating, place, coordinates }: DescriptionEdit): string {
  if (favorite !== undefined) return favorite ? viewerStrings.favoriteAdded : viewerStrings.favoriteRemoved;
  if (caption === null || rating === null || coordinates === null) return viewerStrings.wasReset;
  if (place === null) return viewerStrings.placeWasReset;
  if (rating !== undefined) return viewerStrings.ratingSaved(rating);
  if (place !== undefined) return viewerStrings.placeSaved;
  if (coordinates !== undefined) return positionOf(coordinates) === null ? viewerStrings.positionRemoved : viewerStrings.positionSaved;
  return viewerStrings.captionSaved;
}
