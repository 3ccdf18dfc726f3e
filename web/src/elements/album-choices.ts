/**
 * A list of albums to choose from, which typing filters, with a choice to create one of the typed name.
 */
import { html, nothing, type TemplateResult } from "lit";

import type { Observable } from "../core/observable.ts";
import { albumStrings } from "../i18n/albums.ts";
import { explain, strings } from "../i18n/common.ts";
import { type AlbumList, albumTitled, searchAlbums } from "../state/album-list.ts";
import { acceptsPhotos, type Album, MAX_TITLE_LENGTH } from "../state/albums.ts";
import { renderCover } from "./album-cover.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { defineOnce, PageElement } from "./page-element.ts";

/** How many albums are listed; typing finds the others. */
const MAX_CHOICES = 50;

export function defineAlbumChoices(): void {
  defineOnce("tintype-album-choices", AlbumChoices);
}

export class AlbumChoices extends PageElement {
  static override properties = {
    list: { attribute: false },
    isAdded: { attribute: false },
    choose: { attribute: false },
    create: { attribute: false },
    text: { state: true },
  };
  declare list: AlbumList;
  /** Whether all photos to add are in an album already. */
  declare isAdded: (album: Album) => boolean;
  declare choose: (album: Album) => void;
  /** Creates an album with a title, and chooses it. */
  declare create: (title: string) => void;
  declare text: string;
  /** Whether Enter was pressed before all albums were loaded. */
  #submitsWhenLoaded = false;

  constructor() {
    super();
    this.isAdded = () => false;
    this.text = "";
  }

  protected override get watched(): readonly Observable[] {
    return [this.list];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.list.loadAll();
  }

  protected override render(): TemplateResult {
    const title = this.text.trim();
    const found = this.#found();
    const isNew = title !== "" && albumTitled(this.list.items, title) === null;
    const isEmpty = this.list.status === "ready" && !this.list.items.some(acceptsPhotos);
    return html`<form class="album-choices" @submit=${this.#submitted}>
      <input
        type="search"
        maxlength=${MAX_TITLE_LENGTH}
        autocomplete="off"
        aria-label=${albumStrings.filter}
        placeholder=${albumStrings.filter}
        @input=${this.#textChanged}
        @keydown=${this.#keyPressed}
      />
      <ul role="list" aria-label=${albumStrings.choices} ?data-empty=${isEmpty} @keydown=${this.#keyPressed}>
        ${
          isNew
            ? html`<li>
              <button class="album-choice" type="button" @click=${this.#create}>
                <span class="album-cover">${icons.add}</span><span class="album-choice-title">${albumStrings.newAlbumNamed(title)}</span>
              </button>
            </li>`
            : nothing
        }
        ${keyedList(
          found,
          ({ album_id }) => album_id,
          (album) => html`<li>${this.#choice(album)}</li>`,
        )}
      </ul>
      ${this.#status(found.length, isNew)}
    </form>`;
  }

  protected override updated(): void {
    this.#submitIfLoaded();
  }

  #choice(album: Album): TemplateResult {
    const isAdded = this.isAdded(album);
    return html`<button
      class="album-choice"
      type="button"
      @click=${() => {
        this.choose(album);
      }}
    >
      ${renderCover(album)}
      <span class="album-choice-title">${album.title}</span>
      <span class="muted">${isAdded ? html`${icons.check}${albumStrings.alreadyIn}` : albumStrings.photos(album.photos ?? 0)}</span>
    </button>`;
  }

  #status(found: number, isNew: boolean): TemplateResult | typeof nothing {
    const { status, error, items } = this.list;
    if (status === "failed") {
      return html`<p class="hint" role="alert">${explain(error)}</p>
        <button class="button" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>`;
    }
    if (status !== "ready") return html`<p class="hint" role="status">${albumStrings.loading}</p>`;
    if (found > 0 || isNew) return nothing;
    return html`<p class="hint">${items.some(acceptsPhotos) ? albumStrings.noMatch : albumStrings.noChoices}</p>`;
  }

  #found(): readonly Album[] {
    return searchAlbums(this.list.items.filter(acceptsPhotos), this.text).slice(0, MAX_CHOICES);
  }

  #textChanged = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.#submitsWhenLoaded = false;
  };

  /** Goes up and down between the field and the albums. */
  #keyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [...this.querySelectorAll<HTMLElement>("input, .album-choice")];
    const next = stops[stops.indexOf(event.target as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };

  /** Enter in the field chooses the album of that name, else the only one found, else it creates one. */
  #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#submitsWhenLoaded = true;
    this.#submitIfLoaded();
  };

  /** Before all albums are loaded, it is not known whether there is one of that name. */
  #submitIfLoaded(): void {
    const isLoaded = this.list.status === "ready" && !this.list.hasMore;
    if (!this.#submitsWhenLoaded || !isLoaded) return;
    this.#submitsWhenLoaded = false;
    if (this.text.trim() === "") return;
    const found = this.#found();
    const chosen = albumTitled(found, this.text) ?? (found.length === 1 ? found[0] : undefined);
    if (chosen !== undefined) this.choose(chosen);
    else if (found.length === 0) this.create(this.text.trim());
  }

  #create = (): void => {
    this.create(this.text.trim());
  };

  #retry = (): void => {
    void this.list.loadAll();
  };
}
