/**
 * Edits in the viewer, with and without its info panel: the favorite button, the keys for favorite and rating, and the toast
 * that reports an edit and can undo it.
 */
import { html, render } from "lit";
import type PhotoSwipe from "photoswipe";

import { deviceStorage } from "../core/browser-storage.ts";
import { isSingleKeyShortcut } from "../core/character-keys.ts";
import { describeOutcome } from "../i18n/selection.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import { BatchActions, type BatchApi, type BatchChange, type BatchOperation } from "../state/batch-actions.ts";
import { type DescriptionEdit, DescriptionEdits } from "../state/description-edits.ts";
import { MAX_RATING } from "../state/descriptions.ts";
import { type PhotoApi, PhotoEditor } from "../state/photo-editor.ts";
import { isEditable } from "../state/photo-metadata.ts";
import type { Photo } from "../state/photo.ts";
import type { Toaster } from "../state/toaster.ts";
import { icons } from "./icons.ts";
import { defineOnce } from "./page-element.ts";
import { ToastMessage } from "./toast-message.ts";

export class ViewerEdits {
  readonly #api: PhotoApi & BatchApi;
  readonly #currentPhoto: () => Photo | undefined;
  readonly #onSaved: (photo: Photo, leftAlbum: string | null) => void;
  readonly #toaster: Toaster;
  readonly #edits: DescriptionEdits;
  #editor: PhotoEditor | null = null;
  #button: HTMLElement | null = null;

  /** `onSaved` is called with a new version of a photo, and the id of the album that it has left. */
  constructor(
    api: PhotoApi & BatchApi,
    currentPhoto: () => Photo | undefined,
    toaster: Toaster,
    onSaved: (photo: Photo, leftAlbum: string | null) => void,
  ) {
    this.#api = api;
    this.#currentPhoto = currentPhoto;
    this.#toaster = toaster;
    this.#edits = new DescriptionEdits(toaster);
    this.#onSaved = onSaved;
  }

  /** The editor of a photo, which exists as long as the photo is displayed. */
  editorOf(photo: Photo): PhotoEditor {
    const editor = this.#editor;
    if (editor?.photo.photo_id === photo.photo_id) {
      editor.receive(photo);
      return editor;
    }
    const created = new PhotoEditor(photo, this.#api, (saved) => {
      // Its undo would seem to belong to this edit.
      this.#toaster.dismiss();
      this.#onSaved(saved, null);
    });
    created.watch(() => {
      this.renderButton();
    });
    return (this.#editor = created);
  }

  /** Edits what the user says of the photo that an editor has; returns whether the API accepted it. */
  edit = (editor: PhotoEditor, edit: DescriptionEdit): Promise<boolean> => this.#edits.edit(editor, edit);

  /** Adds a photo to an album or removes it; the toast can undo it. */
  changeAlbums = async (photo: Photo, change: BatchChange, albumTitle: string): Promise<void> => {
    await this.#performOn({ change, photos: [photo] }, albumTitle, true);
  };

  /** Shows a message in the toast. */
  report = (message: string): void => {
    this.#toaster.show({ message, errors: [], undo: null });
  };

  async #performOn(operation: BatchOperation, albumTitle: string, undoable: boolean): Promise<void> {
    const outcome = await new BatchActions(this.#api).perform(operation);
    if (outcome === null) return;
    const { change, done, failures, undo } = outcome;
    for (const photo of done) this.#onSaved(photo, change.action === "remove_from_album" ? change.album_id : null);
    const [first] = undo;
    const takeBack = first === undefined || !undoable ? null : () => void this.#performOn(first, albumTitle, false);
    this.#toaster.show({ message: describeOutcome(outcome, albumTitle), errors: failures.map(({ reason }) => reason), undo: takeBack });
  }

  /** Registers the favorite button and the toast in the viewer. */
  register(pswp: PhotoSwipe): void {
    defineOnce("tintype-toast-message", ToastMessage);
    pswp.ui?.registerElement({
      name: "favorite",
      order: 8,
      isButton: true,
      title: `${viewerStrings.favorite} (f)`,
      ariaLabel: viewerStrings.favorite,
      onInit: (button) => {
        this.#button = button;
        button.setAttribute("aria-keyshortcuts", "f");
        this.renderButton();
        pswp.on("change", () => {
          this.renderButton();
        });
      },
      onClick: this.toggleFavorite,
    });
    pswp.ui?.registerElement({
      name: "toast",
      order: 11,
      isButton: false,
      appendTo: "root",
      onInit: (element) => {
        element.append(new ToastMessage(this.#toaster));
      },
    });
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
    if (event.repeat || !isSingleKeyShortcut(event, deviceStorage)) return;
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
