/**
 * The heading of an album: its title and description, edited in place, what it contains, and its actions. Loaded when an album is
 * first opened.
 */
import type { Observable } from "../core/observable.ts";
import "../styles/album-heading.css";

import { html, nothing, type TemplateResult } from "lit";

import { albumStrings, describeContents } from "../i18n/albums.ts";
import { strings } from "../i18n/common.ts";
import {
  type Album,
  type AlbumOrder,
  type AlbumUpdate,
  canOrderByHand,
  isSmart,
  MAX_DESCRIPTION_LENGTH,
  MAX_ORDERED_PHOTOS,
  MAX_TITLE_LENGTH,
  MAX_TO_REVIEW,
} from "../state/albums.ts";
import type { CurrentAlbum } from "../state/current-album.ts";
import { addressOf, addressQuery, type PageAddress } from "../state/page-address.ts";
import { albumView, allPhotos, type View } from "../state/view.ts";
import { icons } from "./icons.ts";
import { defineOnce, PageElement } from "./page-element.ts";

export interface AlbumHeadingHandlers {
  readonly edit: (update: AlbumUpdate) => void;
  readonly arrange: () => void;
  readonly download: () => void;
  readonly playSlideshow: () => void;
  readonly managePeople: () => void;
  readonly remove: () => void;
  readonly leave: () => void;
  readonly showSearch: () => void;
}

type Field = "title" | "description";

const ORDERS: readonly AlbumOrder[] = ["newest", "oldest", "manual"];

export function createAlbumHeading(current: CurrentAlbum, handlers: AlbumHeadingHandlers): AlbumHeading {
  defineOnce("tintype-album-heading", AlbumHeading);
  return new AlbumHeading(current, handlers);
}

export class AlbumHeading extends PageElement {
  static override properties = { view: { attribute: false }, editing: { state: true } };
  declare view: View | null;
  /** The field that is being edited. */
  declare editing: Field | null;
  readonly #current: CurrentAlbum;
  readonly #handlers: AlbumHeadingHandlers;

  constructor(current: CurrentAlbum, handlers: AlbumHeadingHandlers) {
    super();
    this.#current = current;
    this.#handlers = handlers;
    this.view = null;
    this.editing = null;
  }

  protected override get watched(): readonly Observable[] {
    return [this.#current];
  }

  protected override render(): TemplateResult {
    const { album } = this.#current;
    const back = this.#link(albumStrings.backToAlbums, {
      ...addressOf(allPhotos("mine")),
      page: album?.role === "owner" ? "albums" : "shared",
    });
    if (album === null) {
      const title = this.#current.status === "loading" ? html`&nbsp;` : albumStrings.unavailable;
      return html`<div class="album-heading">${back}<div class="heading"><h1>${title}</h1></div></div>`;
    }
    if (this.view?.review === true) return this.#review(album);
    const isOwner = album.role === "owner";
    return html`<div class="album-heading">
      ${back}
      <div class="heading">
        ${this.editing === "title" ? this.#titleForm(album) : html`<h1>${isOwner ? this.#editButton("title", album.title) : album.title}</h1>`}
        <div class="heading-actions">${this.#actions(album)}</div>
      </div>
      ${this.#description(album, isOwner)}
      <p class="album-facts muted">
        ${isSmart(album) ? html`<span title=${albumStrings.smartHint}>${icons.search}</span>` : nothing}<span>${describeContents(album)}</span>
        ${this.#reviewLink(album)}
      </p>
    </div>`;
  }

  #review(album: Album): TemplateResult {
    return html`<div class="album-heading">
      ${this.#link(albumStrings.backToAlbum, addressOf(albumView(album.album_id)))}
      <div class="heading"><h1>${albumStrings.reviewTitle(album.title)}</h1></div>
      <p class="album-facts muted">${albumStrings.reviewHint}</p>
    </div>`;
  }

  #link(name: string, to: PageAddress): TemplateResult {
    const clicked = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (to.page === "photos") this.emit("search", to.view);
      else this.emit("open-page", to.page);
    };
    return html`<a class="album-back button quiet" href=${addressQuery(to, true)} @click=${clicked}>${icons.back}${name}</a>`;
  }

  #reviewLink({ album_id: id, to_review: count = 0 }: Album): TemplateResult | typeof nothing {
    if (count === 0) return nothing;
    const view = albumView(id, true);
    const clicked = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.emit("search", view);
    };
    return html`<a class="album-review" href=${addressQuery(addressOf(view), true)} @click=${clicked}>
      ${albumStrings.toReview(count, count >= MAX_TO_REVIEW)}
    </a>`;
  }

  #editButton(field: Field, text: string): TemplateResult {
    const label = field === "title" ? albumStrings.editTitle : albumStrings.editDescription;
    const edit = () => void this.#edit(field);
    return html`<button class="edit-in-place" type="button" title=${label} data-edit=${field} @click=${edit}>${text}</button>`;
  }

  #titleForm({ title }: Album): TemplateResult {
    return html`<form class="album-form" @submit=${this.#submitted}>
      <input
        class="album-title-input"
        name="title"
        aria-label=${albumStrings.titleField}
        aria-describedby="album-edit-hint"
        maxlength=${MAX_TITLE_LENGTH}
        required
        autocomplete="off"
        enterkeyhint="done"
        .value=${title}
        @keydown=${this.#keyPressed}
        @blur=${this.#blurred}
      />
      <span class="visually-hidden" id="album-edit-hint">${albumStrings.editHint}</span>
    </form>`;
  }

  #description({ description }: Album, isOwner: boolean): TemplateResult | typeof nothing {
    if (this.editing === "description") {
      return html`<form class="album-form" @submit=${this.#submitted}>
        <textarea
          name="description"
          rows="3"
          aria-label=${albumStrings.descriptionField}
          aria-describedby="album-edit-hint"
          maxlength=${MAX_DESCRIPTION_LENGTH}
          enterkeyhint="done"
          .value=${description}
          @keydown=${this.#keyPressed}
          @blur=${this.#blurred}
        ></textarea>
        <span class="visually-hidden" id="album-edit-hint">${albumStrings.editHint}</span>
      </form>`;
    }
    if (isOwner) {
      const text = description === "" ? albumStrings.addDescription : description;
      return html`<p class="album-description ${description === "" ? "muted" : ""}">${this.#editButton("description", text)}</p>`;
    }
    return description === "" ? nothing : html`<p class="album-description">${description}</p>`;
  }

  #actions(album: Album): TemplateResult {
    const isOwner = album.role === "owner";
    const action = (label: string, icon: TemplateResult, act: () => void) => html`<button
      class="button"
      type="button"
      title=${label}
      @click=${act}
    >
      ${icon}<span class="wide-only">${label}</span>
    </button>`;
    const isShareable = isOwner && !isSmart(album);
    const share = () => {
      this.emit("share", { kind: "album", albumId: album.album_id, title: album.title });
    };
    return html`${isShareable ? action(strings.share, icons.share, share) : nothing}
      ${isShareable ? action(albumStrings.people, icons.people, this.#handlers.managePeople) : nothing}
      <button
        class="icon-button album-more"
        type="button"
        popovertarget="album-menu"
        aria-label=${albumStrings.more}
        title=${albumStrings.more}
      >
        ${icons.more}
      </button>
      <div class="album-menu" id="album-menu" popover @beforetoggle=${this.#placeMenu}>${this.#menu(album)}</div>`;
  }

  #menu(album: Album): TemplateResult {
    const { handlers, item } = { handlers: this.#handlers, item: this.#menuItem };
    const isOwner = album.role === "owner";
    const isEmpty = album.photos === 0;
    return html`${isOwner && !isEmpty ? this.#orders(album) : nothing}
      ${isEmpty ? nothing : item(albumStrings.slideshow, icons.play, handlers.playSlideshow)}
      ${
        isSmart(album)
          ? item(albumStrings.editSearch, icons.search, handlers.showSearch)
          : isEmpty
            ? nothing
            : item(albumStrings.download, icons.download, handlers.download)
      }
      ${
        isOwner
          ? html`${
              album.cover_photo_id === null
                ? nothing
                : item(albumStrings.automaticCover, icons.picture, () => {
                    handlers.edit({ cover_photo_id: null });
                  })
            }
            ${item(albumStrings.delete, icons.trash, handlers.remove)}`
          : item(albumStrings.leave, icons.out, handlers.leave)
      }`;
  }

  #menuItem = (label: string, icon: TemplateResult, act: () => void): TemplateResult =>
    html`<button class="button quiet" type="button" popovertarget="album-menu" popovertargetaction="hide" @click=${act}>
      ${icon}${label}
    </button>`;

  #orders(album: Album): TemplateResult {
    const choices = ORDERS.filter((order) => order !== "manual" || !isSmart(album));
    const choose = (order: AlbumOrder) => () => {
      if (order === "manual") this.#handlers.arrange();
      else if (order !== album.order) this.#handlers.edit({ order });
    };
    const byHand = canOrderByHand(album);
    return html`<p id="album-order">${albumStrings.order}</p>
      <div role="group" aria-labelledby="album-order">
        ${choices.map(
          (order) => html`<button
            class="button quiet album-order"
            type="button"
            popovertarget="album-menu"
            popovertargetaction="hide"
            aria-pressed=${album.order === order ? "true" : "false"}
            ?disabled=${order === "manual" && !byHand}
            @click=${choose(order)}
          >
            ${icons.check}${albumStrings.orders[order]}
          </button>`,
        )}
        ${byHand || isSmart(album) ? nothing : html`<p class="hint">${albumStrings.tooManyToArrange(MAX_ORDERED_PHOTOS)}</p>`}
      </div>`;
  }

  /** Places the menu below its button. */
  #placeMenu = (event: ToggleEvent): void => {
    const button = this.querySelector(".album-more");
    if (event.newState !== "open" || button === null) return;
    const { bottom, right } = button.getBoundingClientRect();
    const menu = event.target as HTMLElement;
    menu.style.setProperty("--top", `${bottom + 4}px`);
    menu.style.setProperty("--right", `${Math.max(8, document.documentElement.clientWidth - right)}px`);
  };

  async #edit(field: Field): Promise<void> {
    this.editing = field;
    await this.updateComplete;
    const input = this.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name="${field}"]`);
    input?.focus();
    input?.select();
  }

  #keyPressed = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const field = event.target as HTMLInputElement | HTMLTextAreaElement;
    if (event.key === "Escape") {
      event.preventDefault();
      void this.#finish();
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (field.form?.reportValidity() === true) this.#save(field);
    }
  };

  #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).elements.item(0);
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) this.#save(field);
  };

  /** Saves what was typed when the focus leaves; an empty title is not saved. */
  #blurred = (event: FocusEvent): void => {
    const field = event.target as HTMLInputElement | HTMLTextAreaElement;
    if (this.editing !== field.name) return;
    if (field.name === "title" && field.value.trim() === "") this.editing = null;
    else this.#save(field, false);
  };

  #save({ name, value }: HTMLInputElement | HTMLTextAreaElement, refocus = true): void {
    const { album } = this.#current;
    if (album === null || (name !== "title" && name !== "description")) return;
    const text = value.trim();
    if (name === "title" && text === "") return;
    if (text !== album[name]) this.#handlers.edit({ [name]: text });
    if (refocus) void this.#finish();
    else this.editing = null;
  }

  /** Ends editing, and focuses the button that began it. */
  async #finish(): Promise<void> {
    const field = this.editing;
    this.editing = null;
    await this.updateComplete;
    this.querySelector<HTMLElement>(`[data-edit="${field ?? ""}"]`)?.focus();
  }
}
