/**
 * The albums of a photo, in the info panel of the viewer: adding it, taking it out, and making it the cover of the album in view.
 */
import type { Observable } from "../core/observable.ts";
import "../styles/photo-albums.css";

import { html, nothing, type TemplateResult } from "lit";

import { albumStrings } from "../i18n/albums.ts";
import { explain } from "../i18n/common.ts";
import { AlbumList, allAlbums } from "../state/album-list.ts";
import type { AlbumNames } from "../state/album-names.ts";
import type { Album, AlbumApi } from "../state/albums.ts";
import { type BatchChange, isInAlbum } from "../state/batch-actions.ts";
import type { CurrentAlbum } from "../state/current-album.ts";
import type { Photo } from "../state/photo.ts";
import { defineAlbumChoices } from "./album-choices.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { defineOnce, PageElement } from "./page-element.ts";

/** What the viewer needs of albums. */
export interface PhotoAlbumsContext {
  readonly api: AlbumApi;
  readonly names: AlbumNames;
  /** The album in view. */
  readonly current: CurrentAlbum;
  readonly open: (albumId: string) => void;
  /** A photo of somebody else was removed from the album in view. */
  readonly onRemoved: (photo: Photo) => void;
}

export interface PhotoAlbumsHandlers {
  /** Changes the albums of one of the user's own photos, and reports it. */
  readonly change: (photo: Photo, change: BatchChange, albumTitle: string) => Promise<void>;
  /** Reports what was done. */
  readonly report: (message: string) => void;
}

export function definePhotoAlbums(): void {
  defineAlbumChoices();
  defineOnce("tintype-photo-albums", PhotoAlbums);
}

class PhotoAlbums extends PageElement {
  static override properties = {
    photo: { attribute: false },
    context: { attribute: false },
    handlers: { attribute: false },
    list: { state: true },
  };
  declare photo: Photo;
  declare context: PhotoAlbumsContext;
  declare handlers: PhotoAlbumsHandlers;
  /** The albums to choose from; null: the user does not choose one. */
  declare list: AlbumList | null;

  constructor() {
    super();
    this.list = null;
  }

  protected override get watched(): readonly Observable[] {
    return [this.context.names, this.context.current];
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get("photo") as Photo | undefined;
    if (before !== undefined && before.photo_id !== this.photo.photo_id) this.list = null;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { mine, state, guest = null } = this.photo;
    const actions = this.#albumActions();
    if (state !== "ready" || (!mine && actions === nothing)) return nothing;
    return html`<h3>${albumStrings.inAlbums}</h3>
      ${guest === null ? nothing : html`<p class="photo-guest">${albumStrings.guest(guest)}</p>`}
      ${mine ? this.#albums() : nothing}
      <p class="info-actions">
        ${
          mine
            ? html`<button type="button" aria-expanded=${this.list === null ? "false" : "true"} @click=${this.#choicesToggled}>
              ${icons.album}${albumStrings.addToAlbum}
            </button>`
            : nothing
        }
        ${actions}
      </p>
      ${this.list === null ? nothing : this.#choices(this.list)}`;
  }

  #albums(): TemplateResult | typeof nothing {
    const albums = (this.photo.albums ?? []).flatMap((id) => {
      const title = this.context.names.titleOf(id);
      return title === null ? [] : [{ id, title }];
    });
    if (albums.length === 0) return nothing;
    return html`<ul class="photo-albums" role="list">
      ${keyedList(
        albums,
        ({ id }) => id,
        ({ id, title }) => html`<li>${this.#album(id, title)}</li>`,
      )}
    </ul>`;
  }

  #album(id: string, title: string): TemplateResult {
    const open = () => {
      this.context.open(id);
    };
    const remove = () => {
      void this.handlers.change(this.photo, { action: "remove_from_album", album_id: id }, title);
      this.#focus("button");
    };
    return html`<span class="filter-chip">
      <button class="chip-edit" type="button" aria-label=${albumStrings.openAlbum(title)} @click=${open}>${icons.album}<span>${title}</span></button>
      <button class="chip-remove" type="button" aria-label=${albumStrings.removeFrom(title)} title=${albumStrings.removeFrom(title)} @click=${remove}>
        ${icons.close}
      </button>
    </span>`;
  }

  /** Renders what the owner of the album in view can do with its photos. */
  #albumActions(): TemplateResult | typeof nothing {
    const { album } = this.context.current;
    const { photo_id: id, mine, review_album: review = null } = this.photo;
    if (album?.role !== "owner" || album.query !== null || review !== null) return nothing;
    const isPhotoOf = !mine || isInAlbum(this.photo, album.album_id);
    if (!isPhotoOf) return nothing;
    return html`${
      album.cover_photo_id === id
        ? nothing
        : html`<button type="button" @click=${() => void this.#setCover()}>${icons.picture}${albumStrings.setCover}</button>`
    }
      ${mine ? nothing : html`<button type="button" @click=${() => void this.#removeOther(album)}>${icons.minus}${albumStrings.removeFrom(album.title)}</button>`}`;
  }

  #choices(list: AlbumList): TemplateResult {
    return html`<tintype-album-choices
      .list=${list}
      .isAdded=${({ album_id: id }: Album) => isInAlbum(this.photo, id)}
      .choose=${this.#add}
      .create=${this.#create}
      @keydown=${this.#choicesKeyPressed}
    ></tintype-album-choices>`;
  }

  #choicesToggled = (): void => {
    this.list = this.list === null ? new AlbumList(allAlbums(this.context.api)) : null;
    if (this.list !== null) this.#focus(".album-choices input");
  };

  #choicesKeyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.list = null;
    this.#focus(".info-actions button");
  };

  #add = (album: Album): void => {
    this.list = null;
    this.context.names.set(album);
    void this.handlers.change(this.photo, { action: "add_to_album", album_id: album.album_id }, album.title);
    this.#focus(".info-actions button");
  };

  #create = (title: string): void => {
    this.context.api.createAlbum({ title }).then(this.#add, (error: unknown) => {
      this.handlers.report(explain(error));
    });
  };

  async #setCover(): Promise<void> {
    const { current } = this.context;
    const outcome = await current.edit({ cover_photo_id: this.photo.photo_id });
    const failed = outcome === "conflict" ? albumStrings.conflict : explain(current.error);
    this.handlers.report(outcome === "saved" ? albumStrings.coverSaved : failed);
  }

  async #removeOther({ album_id: id, title }: Album): Promise<void> {
    const { photo, context, handlers } = this;
    try {
      await context.api.removeFromAlbum(id, photo.photo_id);
      context.onRemoved(photo);
      handlers.report(albumStrings.removed(title));
    } catch (error) {
      handlers.report(explain(error));
    }
  }

  #focus(selector: string): void {
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>(selector)?.focus();
    });
  }
}
