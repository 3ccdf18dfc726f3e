/**
 * Photos to take away, in a dialog: which, and whether to be told; then the bundles, as they come to be. Loaded when it
 * is first opened.
 */
import "../styles/bundle-dialog.css";

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { wallClock } from "../core/clock.ts";
import { browserConnection } from "../core/network-status.ts";
import { draftInWords, saidOfBundle, taking } from "../i18n/bundles.ts";
import { bytesInWords, explain, explainMissing, strings, timeInWords } from "../i18n/common.ts";
import type { Draft } from "../state/bundle-draft.ts";
import { type Bundle, Bundles, isMaking, type Label, type Porter, share, type Volume } from "../state/bundles.ts";
import { type Channel, CHANNELS, type NoticeOffice, Notices } from "../state/notifications.ts";
import type { Match } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** So many labels are shown before one is looked for. */
const SHOWN = 16;

interface Parts {
  readonly bundles: Bundles;
  readonly notices: Notices;
  readonly draft: Draft;
  /** Base address of the API. */
  readonly api: string;
}

/** Shows it over the API at that address; `closed` is called when the person, or the page, has put it away. */
export function openTakeaway(
  library: Porter & NoticeOffice,
  draft: Draft,
  api: string,
  closed: () => void,
): BundleDialog {
  if (customElements.get("tintype-bundle-dialog") === undefined) customElements.define("tintype-bundle-dialog", BundleDialog);
  const parts = { bundles: new Bundles(library, wallClock), notices: new Notices(library), draft, api };
  const dialog = new BundleDialog(parts, closed);
  document.body.append(dialog);
  return dialog;
}

export class BundleDialog extends PageElement {
  static override properties = { looked: { state: true }, fault: { state: true }, cancelled: { state: true } };
  /** What is looked for among the labels. */
  declare looked: string;
  declare fault: boolean;
  /** Whether a bundle was just cancelled. */
  declare cancelled: boolean;
  readonly #parts: Parts;
  readonly #closed: () => void;
  #stopWatching: readonly (() => void)[] = [];

  constructor(parts: Parts, closed: () => void) {
    super();
    this.#parts = parts;
    this.#closed = closed;
    this.looked = "";
    this.fault = false;
    this.cancelled = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { bundles, notices, draft } = this.#parts;
    const update = () => {
      this.requestUpdate();
    };
    this.#stopWatching = [bundles, notices, draft].map((state) => state.watch(update));
    document.addEventListener("visibilitychange", this.#visible);
    addEventListener("online", this.#online);
  }

  override disconnectedCallback(): void {
    for (const stop of this.#stopWatching) stop();
    document.removeEventListener("visibilitychange", this.#visible);
    removeEventListener("online", this.#online);
    this.#parts.bundles.sleep();
    super.disconnectedCallback();
  }

  /** Puts it away. */
  close(): void {
    this.#dialog?.close();
  }

  protected override firstUpdated(): void {
    this.#dialog?.showModal();
    void this.#parts.bundles.open();
    void this.#parts.notices.load();
  }

  protected override render(): TemplateResult {
    const { bundles, draft } = this.#parts;
    return html`<dialog class="composer takeaway" aria-labelledby="takeaway-title" @close=${this.#close}>
      <div class="takeaway-head">
        <h2 id="takeaway-title" tabindex="-1" autofocus>${strings.takeAway}</h2>
        <button class="icon-button" type="button" aria-label=${taking.closeTakeAway} @click=${this.#leave}>${icons.close}</button>
      </div>
      <p class="soft">${taking.takeAwayHint}</p>
      ${bundles.status === "failed"
        ? html`<p class="hint" role="alert">${explainMissing(bundles.problem, browserConnection)}</p>
            <div class="composer-actions">
              <button class="button" type="button" @click=${this.#again}>${icons.retry}${strings.again}</button>
            </div>`
        : bundles.status === "loading"
          ? html`<p class="hint" role="status">${taking.takeAwayLoading}</p>`
          : html`${bundles.labels.length === 0 && draft.isEmpty ? html`<p class="takeaway-none">${taking.takeAwayEmpty}</p>` : this.#form()} ${this.#list()}`}
      <p class="unseen" role="status">${this.cancelled ? taking.cancelled : saidOfBundle(bundles.said)}</p>
    </dialog>`;
  }

  #form(): TemplateResult {
    const { draft, bundles, notices } = this.#parts;
    const chosen = bundles.labels.filter(({ name }) => draft.has(name));
    const told = this.fault ? taking.takeAwayNothing : bundles.problem === null ? null : explain(bundles.problem);
    return html`<form novalidate @submit=${this.#order}>
      ${draft.photoIds.length > 0 ? this.#picked(draft.photoIds.length) : nothing}
      ${bundles.labels.length > 0 ? this.#labels() : nothing}
      ${draft.tags.length > 1 ? this.#matches() : nothing}
      ${this.#channels()}
      <p class="hint" id="takeaway-fault" role=${told === null ? nothing : "alert"}>${told}</p>
      <div class="takeaway-order">
        <p>${draft.isEmpty ? nothing : draftInWords(chosen, draft, notices.wanted)}</p>
        <button class="button primary" aria-disabled=${bundles.ordering ? "true" : "false"}>
          ${icons.download}${taking.download}
        </button>
      </div>
    </form>`;
  }

  #picked(count: number): TemplateResult {
    return html`<p class="takeaway-picked">
      <span>${taking.picked(count)}</span>
      <button class="icon-button" type="button" aria-label=${taking.removePicked} @click=${this.#unpick}>${icons.close}</button>
    </p>`;
  }

  #labels(): TemplateResult {
    const { labels } = this.#parts.bundles;
    const looked = this.looked.trim().toLowerCase();
    const found = labels.filter(({ name }) => name.toLowerCase().includes(looked));
    const { draft } = this.#parts;
    // What is chosen is always in sight.
    const shown = found.filter(({ name }, place) => place < SHOWN || draft.has(name));
    return html`<fieldset>
      <legend>${taking.takeTags}</legend>
      ${labels.length > SHOWN
        ? html`<input
            type="search"
            class="takeaway-look"
            aria-label=${taking.lookForTag}
            placeholder=${taking.lookForTag}
            @input=${this.#look}
            @keydown=${stay}
          />`
        : nothing}
      <ul class="takeaway-labels" role="list">
        ${repeat(shown, ({ name }) => name, (label) => html`<li>${this.#label(label)}</li>`)}
      </ul>
      ${shown.length < found.length ? html`<p class="hint">${taking.moreTags(found.length - shown.length)}</p>` : nothing}
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
        this.fault = false;
        draft.toggle(name);
      }}
    >
      <span>${name}</span> <span class="chip-count">${count.toLocaleString()}</span>
    </button>`;
  }

  #matches(): TemplateResult {
    const { draft } = this.#parts;
    const choice = (match: Match, words: string) => html`<button
      type="button"
      aria-pressed=${draft.match === match ? "true" : "false"}
      @click=${() => {
        draft.matching(match);
      }}
    >
      ${words}
    </button>`;
    return html`<div class="segments" role="group" aria-label=${strings.matchLabel}>
      ${choice("any", taking.anyOfThese)}${choice("all", taking.allOfThese)}
    </div>`;
  }

  #channels(): TemplateResult {
    const { notices } = this.#parts;
    const subscription = notices.wanted === null ? null : notices.of(notices.wanted);
    return html`<fieldset class="takeaway-told" aria-describedby="takeaway-channel">
        <legend>${taking.tellMe}</legend>
        ${this.#channel(null)} ${CHANNELS.map((channel) => this.#channel(channel))}
      </fieldset>
      <p class="hint" id="takeaway-channel" role=${notices.problem === null ? "status" : "alert"}>
        ${notices.problem !== null
          ? explain(notices.problem)
          : subscription === null
            ? nothing
            : subscription.state === "pending"
              ? taking.pending(subscription.channel, subscription.address)
              : taking.confirmed(subscription.address)}
      </p>
      ${notices.told.subscriptions.length > 0
        ? html`<button class="button quiet takeaway-end" type="button" @click=${this.#unsubscribe}>${taking.unsubscribe}</button>`
        : nothing}`;
  }

  #channel(channel: Channel | null): TemplateResult {
    const { notices } = this.#parts;
    const usable = channel === null || notices.told.channels.includes(channel);
    return html`<label class="choice" ?data-unusable=${!usable}>
      <input
        type="radio"
        name="channel"
        value=${channel ?? "none"}
        .checked=${notices.wanted === channel}
        ?disabled=${!usable || notices.busy}
        @change=${() => void notices.want(channel)}
      />
      <span
        ><b>${taking.channels[channel ?? "none"][0]}</b
        ><small>${usable ? taking.channels[channel ?? "none"][1] : taking.unusable}</small></span
      >
    </label>`;
  }

  #list(): TemplateResult | typeof nothing {
    const { items } = this.#parts.bundles;
    if (items.length === 0) return nothing;
    return html`<section class="takeaway-list" aria-labelledby="takeaway-list">
      <h3 id="takeaway-list">${taking.yourDownloads}</h3>
      <ul role="list">
        ${repeat(items, ({ bundle_id }) => bundle_id, (bundle) => this.#bundle(bundle))}
      </ul>
    </section>`;
  }

  #bundle(bundle: Bundle): TemplateResult {
    const { bundle_id: id, state, created_at: created, progress, volumes, skipped, expires_at: expires } = bundle;
    const name = timeInWords(Date.parse(created), "local");
    return html`<li class="bundle" data-bundle=${id} data-state=${state}>
      <div class="bundle-told">
        <h4 tabindex="-1">${taking.bundleOf(progress.photos, bytesInWords(progress.bytes))}</h4>
        <p class="soft">${name}</p>
        <p>${taking.bundleStates[state]}${state === "building" ? ` ${taking.photosDone(progress.photos_done, progress.photos)}` : nothing}</p>
        ${state === "failed" && bundle.reason !== null ? html`<p class="trouble">${bundle.reason}</p>` : nothing}
        ${state === "ready" && expires !== null
          ? html`<p class="soft">${taking.expires(timeInWords(Date.parse(expires), "local"))}</p>`
          : nothing}
      </div>
      <button class="button quiet" type="button" aria-label=${taking.cancelNamed(isMaking(bundle), name)} @click=${() => void this.#cancel(id)}>
        ${isMaking(bundle) ? strings.cancel : taking.discard}
      </button>
      ${isMaking(bundle)
        ? html`<progress max="1" .value=${share(bundle)} aria-label=${strings.progressOf(name)}></progress>`
        : nothing}
      ${state === "failed" || state === "expired" ? nothing : this.#volumes(volumes)}
      ${skipped.length > 0
        ? html`<details>
            <summary>${taking.skipped(skipped.length)}</summary>
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
            ${icons.download}${volumes.length === 1 ? taking.saveZip : taking.saveVolume(number, volumes.length)}
            <span class="volume-size">${strings.photos(photos)}, ${bytesInWords(bytes)}</span>
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

  #order = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { draft, bundles, notices } = this.#parts;
    this.fault = draft.isEmpty;
    this.cancelled = false;
    if (this.fault || notices.busy || !(await bundles.order(draft.order(notices.wanted !== null)))) return;
    draft.begin([], "any", []);
    await this.#focus(".bundle h4");
  };

  async #cancel(bundleId: string): Promise<void> {
    if (!(await this.#parts.bundles.cancel(bundleId))) return;
    this.cancelled = true;
    await this.#focus("#takeaway-title");
  }

  #look = (event: Event): void => {
    this.looked = (event.target as HTMLInputElement).value;
  };

  #unpick = (): void => {
    this.#parts.draft.withoutPhotos();
    void this.#focus("#takeaway-title");
  };

  #unsubscribe = async (): Promise<void> => {
    await this.#parts.notices.end();
    await this.#focus(".takeaway-told input");
  };

  #again = (): void => {
    void this.#parts.bundles.open();
    void this.#parts.notices.load();
    void this.#focus("#takeaway-title");
  };

  #online = (): void => {
    const { bundles, notices } = this.#parts;
    if (bundles.status === "failed") void bundles.open();
    if (notices.problem !== null) void notices.load();
  };

  #visible = (): void => {
    if (document.hidden) this.#parts.bundles.sleep();
    else this.#parts.bundles.wake();
  };

  #leave = (): void => {
    this.close();
  };

  #close = (): void => {
    this.remove();
    this.#closed();
  };
}

/** Enter looks, and orders nothing. */
function stay(event: KeyboardEvent): void {
  if (event.key === "Enter") event.preventDefault();
}
