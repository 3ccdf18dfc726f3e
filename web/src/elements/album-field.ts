/**
 * A field for the album of new photos: one of the user's, completed while typing, or a new one.
 */
import type { Observable } from "../core/observable.ts";
import "../styles/combobox-field.css";
import "../styles/album-field.css";

import { html, type TemplateResult } from "lit";

import { albumStrings } from "../i18n/albums.ts";
import { AlbumList, albumTitled, allAlbums, searchAlbums } from "../state/album-list.ts";
import { acceptsPhotos, type Album, type AlbumApi, MAX_TITLE_LENGTH } from "../state/albums.ts";
import { icons } from "./icons.ts";
import { type ChosenAlbum, defineOnce, PageElement } from "./page-element.ts";
import { SuggestionCombobox } from "./suggestion-combobox.ts";

const MAX_SUGGESTIONS = 6;

export function defineAlbumField(): void {
  defineOnce("tintype-album-field", AlbumField);
}

export class AlbumField extends PageElement {
  static override properties = { api: { attribute: false }, initial: { attribute: false }, text: { state: true } };
  declare api: Pick<AlbumApi, "listAlbums">;
  /** The album that is chosen at first. */
  declare initial: Album | null;
  declare text: string;
  readonly #combobox: SuggestionCombobox<Album>;
  readonly #list = new AlbumList((cursor) => allAlbums(this.api)(cursor));
  /** The album that was chosen last: another one may have the same title. */
  #picked: Album | null = null;

  constructor() {
    super();
    this.initial = null;
    this.text = "";
    this.#combobox = new SuggestionCombobox<Album>(this, {
      listId: "album-suggestions",
      label: albumStrings.choices,
      suggestions: () => this.#suggestions(),
      keyOf: ({ album_id: id }) => id,
      render: ({ title, photos }) => html`<span>${title}</span> <span class="muted">${albumStrings.photos(photos ?? 0)}</span>`,
      onChoose: (album) => {
        this.#pick(album);
      },
    });
  }

  /** The album of the typed title; null if the field is empty. */
  get chosen(): ChosenAlbum | null {
    const title = this.text.trim();
    if (title === "") return null;
    const album = this.#picked?.title === title ? this.#picked : albumTitled(this.#albums, title);
    return album === null ? { title } : { id: album.album_id };
  }

  protected override get watched(): readonly Observable[] {
    return [this.#list];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#list.loadAll();
    if (this.initial !== null) this.#pick(this.initial);
  }

  protected override render(): TemplateResult {
    const { chosen } = this;
    const isNew = chosen !== null && "title" in chosen && this.#list.status === "ready";
    return html`<label class="field combobox-field album-field">
      <span>${albumStrings.uploadTo}</span>
      <span class="combobox-field-input">
        <input
          type="text"
          maxlength=${MAX_TITLE_LENGTH}
          autocomplete="off"
          spellcheck="false"
          role="combobox"
          aria-autocomplete="list"
          aria-controls="album-suggestions"
          aria-expanded="false"
          aria-haspopup="listbox"
          aria-describedby="album-field-hint"
          .value=${this.text}
          @focus=${this.#opened}
          @input=${this.#textChanged}
          @blur=${this.#combobox.close}
          @keydown=${this.#combobox.keyPressed}
        />
        ${this.#combobox.render()}
      </span>
    </label>
    <p class="hint" id="album-field-hint">${isNew ? html`${icons.add}${albumStrings.newAlbumNamed(this.text.trim())}` : chosen === null ? albumStrings.uploadToHint : albumStrings.uploadSeenBy}</p>`;
  }

  protected override firstUpdated(): void {
    this.#combobox.load();
  }

  get #albums(): readonly Album[] {
    return this.#list.items.filter(acceptsPhotos);
  }

  #suggestions(): readonly Album[] {
    return searchAlbums(this.#albums, this.text).slice(0, MAX_SUGGESTIONS);
  }

  #pick(album: Album): void {
    this.#picked = album;
    this.text = album.title;
    this.#combobox.close();
  }

  #opened = (): void => {
    this.#combobox.open = this.text === "";
  };

  #textChanged = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.#combobox.open = true;
  };
}
