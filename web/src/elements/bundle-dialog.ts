/**
 * Photos to take away, in a dialog: which, and whether to be told; then the bundles, as they come to be. Loaded when it
 * is first opened.
 */
import "../styles/bundle-dialog.css";

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { systemClock } from "../core/clock.ts";
import { browserNetwork } from "../core/network-status.ts";
import { announceBundle, bundleStrings, summarizeRequest } from "../i18n/bundles.ts";
import { explain, explainLoadError, strings } from "../i18n/common.ts";
import { formatBytes, formatDateTime, formatNumber } from "../i18n/format.ts";
import type { BundleDraft } from "../state/bundle-draft.ts";
import { type Bundle, Bundles, isInProgress, type Label, type BundleApi, completedFraction, type Volume } from "../state/bundles.ts";
import { type Channel, CHANNELS, type NotificationApi, NotificationSettings } from "../state/notifications.ts";
import type { Match } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** So many labels are shown before one is looked for. */
const SHOWN_LABELS = 16;

interface Parts {
  readonly bundles: Bundles;
  readonly notices: NotificationSettings;
  readonly draft: BundleDraft;
  /** Base address of the API. */
  readonly api: string;
}

/** Shows it over the API at that address; `closed` is called when the person, or the page, has put it away. */
export function openBundleDialog(
  library: BundleApi & NotificationApi,
  draft: BundleDraft,
  api: string,
  closed: () => void,
): BundleDialog {
  if (customElements.get("tintype-bundle-dialog") === undefined) customElements.define("tintype-bundle-dialog", BundleDialog);
  const parts = { bundles: new Bundles(library, systemClock), notices: new NotificationSettings(library), draft, api };
  const dialog = new BundleDialog(parts, closed);
  document.body.append(dialog);
  return dialog;
}

export class BundleDialog extends PageElement {
  static override properties = { labelFilter: { state: true }, nothingChosen: { state: true }, canceled: { state: true } };
  /** What is looked for among the labels. */
  declare labelFilter: string;
  declare nothingChosen: boolean;
  /** Whether a bundle was just cancelled. */
  declare canceled: boolean;
  readonly #parts: Parts;
  readonly #closed: () => void;
  #stopWatching: readonly (() => void)[] = [];

  constructor(parts: Parts, closed: () => void) {
    super();
    this.#parts = parts;
    this.#closed = closed;
    this.labelFilter = "";
    this.nothingChosen = false;
    this.canceled = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { bundles, notices, draft } = this.#parts;
    const update = () => {
      this.requestUpdate();
    };
    this.#stopWatching = [bundles, notices, draft].map((state) => state.watch(update));
    document.addEventListener("visibilitychange", this.#visibilityChanged);
    addEventListener("online", this.#online);
  }

  override disconnectedCallback(): void {
    for (const stop of this.#stopWatching) stop();
    document.removeEventListener("visibilitychange", this.#visibilityChanged);
    removeEventListener("online", this.#online);
    this.#parts.bundles.pause();
    super.disconnectedCallback();
  }

  /** Puts it away. */
  close(): void {
    this.#dialog?.close();
  }

  protected override firstUpdated(): void {
    this.#dialog?.showModal();
    void this.#parts.bundles.start();
    void this.#parts.notices.load();
  }

  protected override render(): TemplateResult {
    const { bundles, draft } = this.#parts;
    return html`<dialog class="dialog bundle-dialog" aria-labelledby="bundle-dialog-title" @close=${this.#dialogClosed}>
      <div class="dialog-head">
        <h2 id="bundle-dialog-title" tabindex="-1" autofocus>${strings.downloadPhotos}</h2>
        <button class="icon-button" type="button" aria-label=${bundleStrings.close} @click=${this.#closeClicked}>${icons.close}</button>
      </div>
      <p class="muted">${bundleStrings.hint}</p>
      ${bundles.status === "failed"
        ? html`<p class="hint" role="alert">${explainLoadError(bundles.error, browserNetwork)}</p>
            <div class="dialog-actions">
              <button class="button" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>
            </div>`
        : bundles.status === "loading"
          ? html`<p class="hint" role="status">${bundleStrings.loading}</p>`
          : html`${bundles.labels.length === 0 && draft.isEmpty ? html`<p class="bundle-empty">${bundleStrings.nothingToDownload}</p>` : this.#form()} ${this.#list()}`}
      <p class="visually-hidden" role="status">${this.canceled ? bundleStrings.removed : announceBundle(bundles.announcement)}</p>
    </dialog>`;
  }

  #form(): TemplateResult {
    const { draft, bundles, notices } = this.#parts;
    const chosen = bundles.labels.filter(({ name }) => draft.has(name));
    const told = this.nothingChosen ? bundleStrings.nothingChosen : bundles.error === null ? null : explain(bundles.error);
    return html`<form novalidate @submit=${this.#submit}>
      ${draft.photoIds.length > 0 ? this.#selectedPhotos(draft.photoIds.length) : nothing}
      ${bundles.labels.length > 0 ? this.#labels() : nothing}
      ${draft.tags.length > 1 ? this.#matchChoice() : nothing}
      ${this.#channels()}
      <p class="hint" id="bundle-error" role=${told === null ? nothing : "alert"}>${told}</p>
      <div class="bundle-submit">
        <p>${draft.isEmpty ? nothing : summarizeRequest(chosen, draft, notices.selected)}</p>
        <button class="button primary" aria-disabled=${bundles.creating ? "true" : "false"}>
          ${icons.download}${bundleStrings.prepare}
        </button>
      </div>
    </form>`;
  }

  #selectedPhotos(count: number): TemplateResult {
    return html`<p class="bundle-photos">
      <span>${bundleStrings.selectedPhotos(count)}</span>
      <button class="icon-button" type="button" aria-label=${bundleStrings.removeSelectedPhotos} @click=${this.#removeSelectedPhotos}>${icons.close}</button>
    </p>`;
  }

  #labels(): TemplateResult {
    const { labels } = this.#parts.bundles;
    const looked = this.labelFilter.trim().toLowerCase();
    const found = labels.filter(({ name }) => name.toLowerCase().includes(looked));
    const { draft } = this.#parts;
    // What is chosen is always in sight.
    const shown = found.filter(({ name }, place) => place < SHOWN_LABELS || draft.has(name));
    return html`<fieldset>
      <legend>${bundleStrings.tags}</legend>
      ${labels.length > SHOWN_LABELS
        ? html`<input
            type="search"
            class="bundle-label-filter"
            aria-label=${bundleStrings.searchTags}
            placeholder=${bundleStrings.searchTags}
            @input=${this.#filterLabels}
            @keydown=${preventSubmit}
          />`
        : nothing}
      <ul class="bundle-labels" role="list">
        ${repeat(shown, ({ name }) => name, (label) => html`<li>${this.#label(label)}</li>`)}
      </ul>
      ${shown.length < found.length ? html`<p class="hint">${bundleStrings.moreTags(found.length - shown.length)}</p>` : nothing}
    </fieldset>`;
  }

  #label({ name, count }: Label): TemplateResult {
    const { draft } = this.#parts;
    return html`<button
      class="chip"
      type="button"
      aria-pressed=${draft.has(name) ? "true" : "false"}
      aria-label=${strings.tagCount(name, count)}
      @click=${() => {
        this.nothingChosen = false;
        draft.toggle(name);
      }}
    >
      <span>${name}</span> <span class="chip-count">${formatNumber(count)}</span>
    </button>`;
  }

  #matchChoice(): TemplateResult {
    const { draft } = this.#parts;
    const choice = (match: Match, words: string) => html`<button
      type="button"
      aria-pressed=${draft.match === match ? "true" : "false"}
      @click=${() => {
        draft.setMatch(match);
      }}
    >
      ${words}
    </button>`;
    return html`<div class="segments" role="group" aria-label=${strings.matchLabel}>
      ${choice("any", bundleStrings.anyTag)}${choice("all", bundleStrings.allTags)}
    </div>`;
  }

  #channels(): TemplateResult {
    const { notices } = this.#parts;
    const subscription = notices.selected === null ? null : notices.subscriptionFor(notices.selected);
    return html`<fieldset class="bundle-channels" aria-describedby="bundle-channel">
        <legend>${bundleStrings.notifyMe}</legend>
        ${this.#channel(null)} ${CHANNELS.map((channel) => this.#channel(channel))}
      </fieldset>
      <p class="hint" id="bundle-channel" role=${notices.error === null ? "status" : "alert"}>
        ${notices.error !== null
          ? explain(notices.error)
          : subscription === null
            ? nothing
            : subscription.state === "pending"
              ? bundleStrings.pending[subscription.channel](subscription.address)
              : bundleStrings.confirmed(subscription.address)}
      </p>
      ${notices.notifications.subscriptions.length > 0
        ? html`<button class="button quiet bundle-unsubscribe" type="button" @click=${this.#unsubscribe}>${bundleStrings.unsubscribe}</button>`
        : nothing}`;
  }

  #channel(channel: Channel | null): TemplateResult {
    const { notices } = this.#parts;
    const usable = channel === null || notices.notifications.channels.includes(channel);
    return html`<label class="option-card" ?data-unavailable=${!usable}>
      <input
        type="radio"
        name="channel"
        value=${channel ?? "none"}
        .checked=${notices.selected === channel}
        ?disabled=${!usable || notices.busy}
        @change=${() => void notices.select(channel)}
      />
      <span
        ><b>${bundleStrings.channels[channel ?? "none"][0]}</b
        ><small>${usable ? bundleStrings.channels[channel ?? "none"][1] : bundleStrings.channelUnavailable}</small></span
      >
    </label>`;
  }

  #list(): TemplateResult | typeof nothing {
    const { items } = this.#parts.bundles;
    if (items.length === 0) return nothing;
    return html`<section class="bundle-list" aria-labelledby="bundle-list">
      <h3 id="bundle-list">${bundleStrings.list}</h3>
      <ul role="list">
        ${repeat(items, ({ bundle_id }) => bundle_id, (bundle) => this.#bundle(bundle))}
      </ul>
    </section>`;
  }

  #bundle(bundle: Bundle): TemplateResult {
    const { bundle_id: id, state, created_at: created, progress, volumes, skipped, expires_at: expires } = bundle;
    const name = formatDateTime(Date.parse(created), "local");
    return html`<li class="bundle" data-bundle=${id} data-state=${state}>
      <div class="bundle-details">
        <h4 tabindex="-1">${bundleStrings.bundleTitle(progress.photos, formatBytes(progress.bytes))}</h4>
        <p class="muted">${name}</p>
        <p>${state === "building" ? bundleStrings.building(progress.photos_done, progress.photos) : bundleStrings.states[state]}</p>
        ${state === "failed" && bundle.reason !== null ? html`<p class="failure">${bundle.reason}</p>` : nothing}
        ${state === "ready"
          ? html`<p class="muted">${bundleStrings.availableUntil(formatDateTime(Date.parse(expires), "local"))}</p>`
          : nothing}
      </div>
      <button class="button quiet" type="button" aria-label=${isInProgress(bundle) ? bundleStrings.cancelNamed(name) : bundleStrings.removeNamed(name)} @click=${() => void this.#cancel(id)}>
        ${isInProgress(bundle) ? strings.cancel : bundleStrings.remove}
      </button>
      ${isInProgress(bundle)
        ? html`<progress max="1" .value=${completedFraction(bundle)} aria-label=${strings.progressOf(name)}></progress>`
        : nothing}
      ${state === "failed" || state === "expired" ? nothing : this.#volumes(volumes)}
      ${skipped.length > 0
        ? html`<details>
            <summary>${bundleStrings.skipped(skipped.length)}</summary>
            <ul role="list">
              ${skipped.map(({ filename, reason }) => html`<li>${filename}: ${reason}</li>`)}
            </ul>
          </details>`
        : nothing}
    </li>`;
  }

  #volumes(volumes: readonly Volume[]): TemplateResult | typeof nothing {
    const made = volumes.flatMap(({ url, ...volume }) => (url === null ? [] : [{ ...volume, url }]));
    if (made.length === 0) return nothing;
    return html`<ul class="volumes" role="list">
      ${made.map(
        ({ url, number, bytes, photos }) => html`<li>
          <a class="button primary" href=${new URL(url, `${new URL(this.#parts.api, document.baseURI).href}/`).href} download>
            ${icons.download}${volumes.length === 1 ? bundleStrings.downloadZip : bundleStrings.downloadVolume(number, volumes.length)}
            <span class="volume-details">${strings.photos(photos)}, ${formatBytes(bytes)}</span>
          </a>
        </li>`,
      )}
    </ul>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { draft, bundles, notices } = this.#parts;
    this.nothingChosen = draft.isEmpty;
    this.canceled = false;
    if (this.nothingChosen || notices.busy || !(await bundles.create(draft.toRequest(notices.selected !== null)))) return;
    draft.reset([], "any", []);
    await this.#focus(".bundle h4");
  };

  async #cancel(bundleId: string): Promise<void> {
    if (!(await this.#parts.bundles.cancel(bundleId))) return;
    this.canceled = true;
    await this.#focus("#bundle-dialog-title");
  }

  #filterLabels = (event: Event): void => {
    this.labelFilter = (event.target as HTMLInputElement).value;
  };

  #removeSelectedPhotos = (): void => {
    this.#parts.draft.removePhotos();
    void this.#focus("#bundle-dialog-title");
  };

  #unsubscribe = async (): Promise<void> => {
    await this.#parts.notices.turnOff();
    await this.#focus(".bundle-channels input");
  };

  #retry = (): void => {
    void this.#parts.bundles.start();
    void this.#parts.notices.load();
    void this.#focus("#bundle-dialog-title");
  };

  #online = (): void => {
    const { bundles, notices } = this.#parts;
    if (bundles.status === "failed") void bundles.start();
    if (notices.error !== null) void notices.load();
  };

  #visibilityChanged = (): void => {
    if (document.hidden) this.#parts.bundles.pause();
    else this.#parts.bundles.resume();
  };

  #closeClicked = (): void => {
    this.close();
  };

  #dialogClosed = (): void => {
    this.remove();
    this.#closed();
  };
}

/** Enter looks, and orders nothing. */
function preventSubmit(event: KeyboardEvent): void {
  if (event.key === "Enter") event.preventDefault();
}
