/**
 * Edits in the viewer, with and without its info panel: the favorite button, the keys for favorite and rating, and the toast
 * that reports an edit and can undo it.
 */
import { html, render } from "lit";

import { isSingleKeyShortcut } from "../core/character-keys.ts";
import { systemClock } from "../core/clock.ts";
import { type DescriptionEdit, DescriptionEdits } from "../state/description-edits.ts";
import { MAX_RATING } from "../state/descriptions.ts";
import { type PhotoApi, PhotoEditor } from "../state/photo-editor.ts";
import { isEditable } from "../state/photo-metadata.ts";
import type { Photo } from "../state/photo.ts";
import { Toaster } from "../state/toaster.ts";
import { icons } from "./icons.ts";
import { defineOnce } from "./page-element.ts";
import { ToastMessage } from "./toast-message.ts";

export class ViewerEdits {
  readonly #api: PhotoApi;
  readonly #currentPhoto: () => Photo | undefined;
  readonly #onSaved: (photo: Photo) => void;
  readonly #toaster = new Toaster(systemClock);
  readonly #edits = new DescriptionEdits(this.#toaster);
  #editor: PhotoEditor | null = null;
  #button: HTMLElement | null = null;

  constructor(api: PhotoApi, currentPhoto: () => Photo | undefined, onSaved: (photo: Photo) => void) {
    this.#api = api;
    this.#currentPhoto = currentPhoto;
    this.#onSaved = onSaved;
  }

  /** The editor of a photo, which exists as long as the photo is displayed. */
  editorOf(photo: Photo): PhotoEditor {
    const editor = this.#editor;
    if (editor?.photo.photo_id === photo.photo_id) {
      editor.receive(photo);
      return editor;
    }
    const created = new PhotoEditor(photo, this.#api, this.#onSaved);
    created.watch(() => {
      this.renderButton();
    });
    return (this.#editor = created);
  }

  /** Edits what the user says of the photo that an editor has; returns whether the API accepted it. */
  edit = (editor: PhotoEditor, edit: DescriptionEdit): Promise<boolean> => this.#edits.edit(editor, edit);

  /** Renders the toast in an element of the viewer. */
  addToast(element: HTMLElement): void {
    defineOnce("tintype-toast-message", ToastMessage);
    element.append(new ToastMessage(this.#toaster));
  }

  addButton(button: HTMLElement): void {
    this.#button = button;
    button.setAttribute("aria-keyshortcuts", "f");
    this.renderButton();
  }

  /** Renders the favorite button for the current photo; photos of others have none. */
  renderButton(): void {
    const [button, editor] = [this.#button, this.#currentEditor()];
    if (button === null) return;
    button.hidden = editor === null;
    button.setAttribute("aria-pressed", editor?.photo.favorite === true ? "true" : "false");
    render(html`${icons.heart}`, button);
  }

  toggleFavorite = (): void => {
    const editor = this.#currentEditor();
    if (editor !== null) void this.edit(editor, { favorite: editor.photo.favorite !== true });
  };

  /** Handles the keys for favorite, rating and undo. */
  handleKey(event: KeyboardEvent): void {
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && !isTyping(event.target)) this.#toaster.undo();
    if (event.repeat || !isSingleKeyShortcut(event, localStorage)) return;
    if (event.key.toLowerCase() === "f") this.toggleFavorite();
    const [rating, editor] = [/^\d$/.test(event.key) ? Number(event.key) : NaN, this.#currentEditor()];
    if (rating <= MAX_RATING && editor !== null && editor.photo.rating !== rating) void this.edit(editor, { rating });
  }

  #currentEditor(): PhotoEditor | null {
    const photo = this.#currentPhoto();
    return photo !== undefined && isEditable(photo) ? this.editorOf(photo) : null;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, select");
}
