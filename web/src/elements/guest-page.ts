/**
 * The page for guests of a shared link: its cover, what they may do, and its photos; or its password, or why it does not open.
 */
import { html, nothing, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import { formatIsoDate, formatIsoDateRange } from "../i18n/format.ts";
import { explainToGuest, guestStrings as strings } from "../i18n/guest.ts";
import { type GuestAlbum, type GuestPhoto, type SharedAlbum, takesPhotos } from "../state/guest-album.ts";
import type { GuestNotice } from "../state/guest-notice.ts";
import type { GuestGrid } from "./guest-grid.ts";
import { renderPasswordForm } from "./guest-password.ts";
import { icons, logo } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** Distance from the viewport at which the next page is loaded. */
const PREFETCH_MARGIN = "1200px";
const SKELETON_TILES = [1.5, 0.75, 1.33, 1.5, 1, 1.78, 0.67, 1.5];

export interface GuestPageHandlers {
  readonly openPhoto: (photo: GuestPhoto) => void;
  readonly playSlideshow: () => void;
  readonly downloadAll: () => void;
  readonly addPhotos: () => void;
  /** The image of a photo failed to load. */
  readonly imageFailed: (photo: GuestPhoto) => void;
}

export class GuestPage extends PageElement {
  static override properties = { now: { attribute: false } };
  /** The time, ms since the epoch; it changes while a delay counts down. */
  declare now: number;
  #album: GuestAlbum | null = null;
  #notice: GuestNotice | null = null;
  #token = "";
  #handlers: GuestPageHandlers | null = null;
  readonly #observer = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void this.#album?.loadMore();
    },
    { rootMargin: PREFETCH_MARGIN },
  );

  constructor() {
    super();
    this.now = 0;
  }

  /** Shows an album from now on. */
  show(album: GuestAlbum, notice: GuestNotice, token: string, handlers: GuestPageHandlers): void {
    [this.#album, this.#notice, this.#token, this.#handlers] = [album, notice, token, handlers];
    for (const each of [album, notice]) {
      each.watch(() => {
        this.requestUpdate();
      });
    }
    this.requestUpdate();
  }

  get grid(): GuestGrid | null {
    return this.querySelector<GuestGrid>("tintype-guest-grid");
  }

  protected override updated(): void {
    this.#observer.disconnect();
    const end = this.querySelector(".guest-end");
    if (end !== null) this.#observer.observe(end);
    const { title, photos } = this.#album?.album ?? { title: "", photos: 0 };
    document.title = title === "" ? strings.untitled(photos) : title;
  }

  protected override render(): TemplateResult {
    const album = this.#album;
    return html`<main tabindex="-1" aria-busy=${album?.status === "loading" ? "true" : "false"}>
      ${album === null ? message(strings.missing, strings.missingHint) : this.#content(album)}
    </main>`;
  }

  #content(album: GuestAlbum): TemplateResult {
    switch (album.status) {
      case "password":
        return renderPasswordForm(album, this.now);
      case "missing":
        return message(strings.missing, strings.missingHint);
      case "expired":
        return message(strings.expired, strings.expiredHint);
      case "failed":
        return html`${message(strings.failed, explainToGuest(album.error, browserNetwork.online), () => void album.load())}`;
      case "loading":
      case "ready":
        // While it is loaded again, what is known stays.
        return album.album === null ? skeleton() : this.#shared(album, album.album);
    }
  }

  #shared(album: GuestAlbum, shared: SharedAlbum): TemplateResult {
    return html`
      ${this.#heading(shared)}
      <div class="guest-body">
        ${shared.description === "" ? nothing : html`<p class="guest-description">${shared.description}</p>`}
        ${this.#actions(album, shared)}
        ${this.#renderNotice()}
        ${album.photos.length === 0 ? empty(shared) : this.#photos(album, shared)}
        ${this.#end(album)}
      </div>
      <footer class="guest-footer">
        ${shared.expires_at === null ? nothing : html`<p>${strings.until(formatIsoDate(shared.expires_at))}</p>`}
        <p>${logo}${strings.footer}</p>
      </footer>
    `;
  }

  #heading({ title, photos, cover_image: cover, from, to }: SharedAlbum): TemplateResult {
    const dates = from === null || to === null ? null : from === to ? formatIsoDate(from) : formatIsoDateRange(from, to);
    const facts = [...(photos === 0 ? [] : [strings.photos(photos)]), ...(dates === null ? [] : [dates])];
    const hasCover = cover !== null && photos > 1;
    return html`<header class=${hasCover ? "guest-cover" : "guest-heading"}>
      ${hasCover ? html`<img alt="" src=${cover} fetchpriority="high" @error=${removeImage} />` : nothing}
      <div>
        <h1>${title === "" ? strings.untitled(photos) : title}</h1>
        <p>${facts.map((fact) => html`<span>${fact}</span>`)}</p>
      </div>
    </header>`;
  }

  #actions({ photos }: GuestAlbum, shared: SharedAlbum): TemplateResult | typeof nothing {
    const [handlers, download, add] = [this.#handlers, shared.download, takesPhotos(shared)];
    if (handlers === null || (photos.length === 0 && !add)) return nothing;
    // On a phone there is space for the text of the main action only.
    const button = (label: string, icon: TemplateResult, act: () => void, primary = false) => html`<button
      class="button ${primary ? "primary" : "quiet"}"
      type="button"
      @click=${act}
    >
      ${icon}<span class=${add && !primary ? "wide-only" : nothing}>${label}</span>
    </button>`;
    return html`<div class="guest-actions" role="group" aria-label=${strings.actions}>
      ${photos.length > 1 ? button(strings.slideshow, icons.play, handlers.playSlideshow) : nothing}
      ${download !== "none" && photos.length > 1 ? button(strings.downloadAll, icons.download, handlers.downloadAll) : nothing}
      ${add ? button(strings.addPhotos, icons.add, handlers.addPhotos, true) : nothing}
    </div>`;
  }

  #renderNotice(): TemplateResult | typeof nothing {
    const notice = this.#notice;
    if (notice === null || notice.error === null) return nothing;
    return html`<p class="banner" role="alert">
      <span>${explainToGuest(notice.error, browserNetwork.online)}</span>
      <button
        class="icon-button"
        type="button"
        aria-label=${strings.dismiss}
        @click=${() => {
          notice.dismiss();
        }}
      >
        ${icons.close}
      </button>
    </p>`;
  }

  #photos({ photos }: GuestAlbum, { photos: total }: SharedAlbum): TemplateResult {
    const state = { photos, total, token: this.#token };
    return html`<tintype-guest-grid
      .state=${state}
      .openPhoto=${this.#handlers?.openPhoto}
      .imageFailed=${this.#handlers?.imageFailed}
    ></tintype-guest-grid>`;
  }

  #end(album: GuestAlbum): TemplateResult | typeof nothing {
    if (!album.hasMore) return nothing;
    if (album.error !== null) {
      return html`<div class="guest-more">
        <p role="alert">${strings.loadMoreFailed}</p>
        <button class="button" type="button" @click=${() => void album.loadMore()}>${icons.retry}${strings.tryAgain}</button>
      </div>`;
    }
    return html`<div class="guest-more guest-end"><p class="visually-hidden" role="status">${album.loadingMore ? strings.loadingMore : nothing}</p></div>`;
  }
}

function message(title: string, hint: string, retry: (() => void) | null = null): TemplateResult {
  return html`<div class="guest-message">
    ${logo}
    <h1>${title}</h1>
    <p role=${retry === null ? nothing : "alert"}>${hint}</p>
    ${retry === null ? nothing : html`<button class="button primary" type="button" @click=${retry}>${icons.retry}${strings.tryAgain}</button>`}
  </div>`;
}

function empty(shared: SharedAlbum): TemplateResult {
  return html`<div class="guest-message">
    ${icons.picture}
    <h2>${strings.empty}</h2>
    <p>${takesPhotos(shared) ? strings.emptyAddHint : strings.emptyHint}</p>
  </div>`;
}

function skeleton(): TemplateResult {
  return html`<div class="guest-cover guest-skeleton"></div>
    <div class="guest-body">
      <p class="visually-hidden" role="status">${strings.loading}</p>
      <ul class="guest-skeleton-tiles" aria-hidden="true">
        ${SKELETON_TILES.map(() => html`<li></li>`)}
      </ul>
    </div>`;
}

/** Removes a cover whose image is gone; the heading is readable without it. */
function removeImage(event: Event): void {
  (event.target as HTMLElement).remove();
}
