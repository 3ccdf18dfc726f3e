/**
 * The dialog in which a guest downloads all photos of a shared link as zip files. Loaded when it is first opened.
 */
import "../styles/dialog.css";
import "../styles/guest-dialogs.css";

import { html, nothing, type TemplateResult } from "lit";

import { systemClock } from "../core/clock.ts";
import { browserNetwork } from "../core/network-status.ts";
import { formatBytes } from "../i18n/format.ts";
import { explainDownloadError, guestStrings as strings } from "../i18n/guest.ts";
import { type Bundle, completedFraction } from "../state/bundles.ts";
import type { SharedAlbum } from "../state/guest-album.ts";
import { GuestBundle, type GuestBundleApi } from "../state/guest-bundle.ts";
import { icons } from "./icons.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";
import { PollingController } from "./polling-controller.ts";

/** The last download of this page: the dialog can be closed while it is prepared. */
let last: GuestBundle | null = null;

/** Opens the dialog; `apiUrl` is the base URL of the API, to which the URLs of volumes are relative. */
export function openGuestDownloadDialog(api: GuestBundleApi, size: "resized" | "original", apiUrl: string): void {
  defineOnce("tintype-guest-download-dialog", GuestDownloadDialog);
  openDialog(new GuestDownloadDialog((last ??= new GuestBundle(api, systemClock)), size, apiUrl));
}

class GuestDownloadDialog extends ModalDialog {
  readonly #download: GuestBundle;
  readonly #size: Exclude<SharedAlbum["download"], "none">;
  readonly #api: string;

  constructor(download: GuestBundle, size: "resized" | "original", api: string) {
    super([download], () => undefined);
    this.#download = download;
    this.#size = size;
    this.#api = api;
    this.addController(new PollingController(download));
  }

  protected override load(): void {
    void this.#download.start();
  }

  protected override reload(): void {
    if (this.#download.error !== null) this.load();
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "guest-download-dialog",
      title: strings.downloadTitle,
      closeLabel: strings.close,
      content: html`<p>${strings.downloadHint[this.#size]}</p>
        ${this.#body()}`,
    });
  }

  #body(): TemplateResult {
    const { bundle, error } = this.#download;
    if (error !== null) return this.#failed(explainDownloadError(error, browserNetwork.online));
    if (bundle === null) return html`<p class="guest-progress" role="status">${strings.preparing}</p>`;
    const { state } = bundle;
    if (state === "failed" || state === "expired") return this.#failed(strings.prepareFailed);
    return state === "ready" ? this.#volumes(bundle) : this.#progress(bundle);
  }

  #progress(bundle: Bundle): TemplateResult {
    const { photos_done: done, photos } = bundle.progress;
    return html`<div class="guest-progress">
      <p role="status">${strings.prepared(done, photos)}</p>
      <progress max="1" .value=${completedFraction(bundle)} aria-label=${strings.progress}></progress>
    </div>`;
  }

  #volumes({ volumes, skipped }: Bundle): TemplateResult {
    const ready = volumes.flatMap(({ url, ...volume }) => (url === null ? [] : [{ ...volume, url }]));
    return html`${ready.length > 1 ? html`<p>${strings.volumesHint}</p>` : nothing}
      <ul class="guest-volumes" role="list">
        ${ready.map(
          ({ url, number, bytes, photos }) => html`<li>
            <a class="button primary" href=${this.#absolute(url)} download>
              ${icons.download}
              <span>
                ${ready.length === 1 ? strings.downloadZip : strings.downloadVolume(number, ready.length)}
                <small>${strings.photos(photos)}, ${formatBytes(bytes)}</small>
              </span>
            </a>
          </li>`,
        )}
      </ul>
      ${skipped.length > 0 ? html`<p class="hint">${strings.skipped(skipped.length)}</p>` : nothing}`;
  }

  #failed(text: string): TemplateResult {
    return html`<p class="hint" role="alert">${text}</p>
      <div class="dialog-actions">
        <button class="button" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>
      </div>`;
  }

  #retry = (): void => {
    this.load();
  };

  #absolute(url: string): string {
    return new URL(url, `${new URL(this.#api, document.baseURI).href}/`).href;
  }
}
