/**
 * The page of albums: the user's own, and those that are shared with them. Loaded when it is opened.
 */
import type { Observable } from "../core/observable.ts";
import "../styles/albums-page.css";

import { html, nothing, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import { albumStrings, describeAlbum } from "../i18n/albums.ts";
import { explainLoadError, strings } from "../i18n/common.ts";
import { AlbumList } from "../state/album-list.ts";
import { type Album, type AlbumApi, type AlbumScope, isSmart } from "../state/albums.ts";
import { addressOf, addressQuery } from "../state/page-address.ts";
import { albumView, allPhotos } from "../state/view.ts";
import { renderCover } from "./album-cover.ts";
import { emptyIllustration } from "./empty-state.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { defineOnce, PageElement } from "./page-element.ts";

export function createAlbumsPage(api: Pick<AlbumApi, "listAlbums">, scope: AlbumScope, signedIn: boolean): AlbumsPage {
  defineOnce("tintype-albums-page", AlbumsPage);
  return new AlbumsPage(new AlbumList((cursor) => api.listAlbums(scope, cursor)), scope, signedIn);
}

export class AlbumsPage extends PageElement {
  readonly #list: AlbumList;
  readonly #scope: AlbumScope;
  readonly #signedIn: boolean;
  /** The index of the album to focus after the next page was loaded. */
  #focusNext: number | null = null;

  constructor(list: AlbumList, scope: AlbumScope, signedIn: boolean) {
    super();
    this.#list = list;
    this.#scope = scope;
    this.#signedIn = signedIn;
  }

  protected override get watched(): readonly Observable[] {
    return [this.#list];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.#online);
    if (this.#signedIn) void this.#list.loadNext();
  }

  override disconnectedCallback(): void {
    removeEventListener("online", this.#online);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    return html`<div class="heading">
        <h1 tabindex="-1">${albumStrings.albums}</h1>
        ${this.#signedIn ? this.#actions() : nothing}
      </div>
      ${this.#signedIn ? this.#content() : this.#signInPrompt()}`;
  }

  protected override updated(): void {
    if (this.#focusNext === null || this.#list.status !== "ready") return;
    this.querySelectorAll<HTMLElement>(".album-card")[this.#focusNext]?.focus();
    this.#focusNext = null;
  }

  #actions(): TemplateResult {
    const choice = (scope: AlbumScope, label: string) => html`<button
      type="button"
      aria-pressed=${this.#scope === scope ? "true" : "false"}
      @click=${() => {
        this.emit("open-page", scope === "mine" ? "albums" : "shared");
      }}
    >
      ${label}
    </button>`;
    return html`<div class="heading-actions albums-actions">
      <div class="segments" role="group" aria-label=${albumStrings.scopes}>
        ${choice("mine", albumStrings.mine)}${choice("shared", albumStrings.shared)}
      </div>
      ${this.#newAlbumButton("button")}
    </div>`;
  }

  #content(): TemplateResult {
    const { items, status, error, hasMore, isEmpty } = this.#list;
    if (isEmpty) return this.#empty();
    if (status === "failed" && items.length === 0) {
      return html`<div class="empty" role="alert">
        ${emptyIllustration}
        <p>${explainLoadError(error, browserNetwork)}</p>
        <button class="button primary" type="button" @click=${this.#loadNext}>${icons.retry}${strings.tryAgain}</button>
      </div>`;
    }
    if (status === "loading") {
      return html`<p class="visually-hidden" role="status">${albumStrings.loading}</p>
        <ul class="album-cards" aria-hidden="true">
          ${Array.from({ length: 6 }, () => html`<li class="album-skeleton"><span class="album-cover"></span></li>`)}
        </ul>`;
    }
    return html`<ul class="album-cards" role="list">
        ${keyedList(
          items,
          ({ album_id }) => album_id,
          (album) => html`<li>${this.#card(album)}</li>`,
        )}
      </ul>
      ${
        hasMore || status === "failed"
          ? html`<div class="load-more">
            ${status === "failed" ? html`<p role="alert">${explainLoadError(error, browserNetwork)}</p>` : nothing}
            <button class="button" type="button" aria-disabled=${status === "extending" ? "true" : "false"} @click=${this.#loadNext}>
              ${status === "extending" ? strings.loading : status === "failed" ? strings.tryAgain : albumStrings.loadMore}
            </button>
          </div>`
          : nothing
      }`;
  }

  #card(album: Album): TemplateResult {
    const view = albumView(album.album_id);
    const clicked = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.emit("search", view);
    };
    return html`<a class="album-card" href=${addressQuery(addressOf(view), true)} @click=${clicked}>
      ${renderCover(album)}
      <span class="album-title">${album.title}</span>
      <span class="muted">
        ${isSmart(album) ? icons.search : nothing}${describeAlbum(album)}
        ${album.role === "owner" ? nothing : html`<br />${albumStrings.roles[album.role]}`}
      </span>
    </a>`;
  }

  #empty(): TemplateResult {
    const isMine = this.#scope === "mine";
    return html`<div class="empty">
      ${emptyIllustration}
      <h2>${isMine ? albumStrings.empty : albumStrings.emptyShared}</h2>
      <p>${isMine ? albumStrings.emptyHint : albumStrings.emptySharedHint}</p>
      ${isMine ? this.#newAlbumButton("button primary") : nothing}
    </div>`;
  }

  #signInPrompt(): TemplateResult {
    return html`<div class="empty">
      ${emptyIllustration}
      <h2>${albumStrings.signInFirst}</h2>
      <p>${albumStrings.signInFirstHint}</p>
      <div class="empty-actions">
        <button class="button" type="button" @click=${this.#showPublic}>${strings.publicGallery}</button>
        <button class="button primary" type="button" @click=${this.#signIn}>${strings.signIn}</button>
      </div>
    </div>`;
  }

  #newAlbumButton(style: string): TemplateResult {
    return html`<button class="${style} new-album" type="button" @click=${this.#newAlbum}>${icons.add}${albumStrings.newAlbum}</button>`;
  }

  #newAlbum = (): void => {
    this.emit("new-album", null);
  };

  #signIn = (): void => {
    this.emit("sign-in", null);
  };

  #showPublic = (): void => {
    this.emit("search", allPhotos("public"));
  };

  #loadNext = (): void => {
    if (this.#list.status !== "failed" || this.#list.items.length > 0) this.#focusNext = this.#list.items.length;
    void this.#list.loadNext();
  };

  #online = (): void => {
    if (this.#signedIn && this.#list.status === "failed") void this.#list.loadNext();
  };
}
