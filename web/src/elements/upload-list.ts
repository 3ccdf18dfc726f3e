/**
 * The photos being put in: how far each has got, what went wrong, and what can be done about it.
 */
import "../styles/upload-list.css";

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { strings } from "../i18n/common.ts";
import { remainingInWords, uploading } from "../i18n/uploads.ts";
import { isLeaving, type Stage, summarise, type Summary, type Upload } from "../state/upload-queue.ts";
import { hideBroken } from "./broken-image.ts";
import { FilePreviews } from "./file-previews.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export interface UploadsState {
  readonly uploads: readonly Upload<File>[];
  /** Whether there is no line to the library. */
  readonly cut: boolean;
  /** Minutes it will still take; null where that cannot be said. */
  readonly minutes: number | null;
}

/** Rows in the document; of more uploads the rest is a number. */
const SHOWN = 30;

export class UploadList extends PageElement {
  static override properties = { state: { attribute: false }, folded: { state: true } };
  declare state: UploadsState;
  declare folded: boolean;
  readonly #previews = new FilePreviews();
  /** Whether the keyboard was in here before the last change. */
  #focused = false;

  constructor() {
    super();
    this.state = { uploads: [], cut: false, minutes: null };
    this.folded = false;
  }

  protected override willUpdate(): void {
    this.#focused = this.contains(document.activeElement);
    if (this.state.uploads.length === 0) this.folded = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { uploads } = this.state;
    const shown = this.folded ? [] : inOrder(uploads).slice(0, SHOWN);
    this.#previews.keepOnly(new Set(shown.filter(({ photo }) => photo === null).map(({ file }) => file)));
    if (uploads.length === 0) return nothing;
    const summary = summarise(uploads);
    const share = summary.bytes === 0 ? 1 : summary.gone / summary.bytes;
    return html`
      <section class="uploads" aria-label=${uploading.uploads}>
        <header>
          <div>
            <h2>${this.#headline(summary)}</h2>
            ${this.#aside(summary)}
          </div>
          <button
            class="icon-button"
            type="button"
            aria-expanded=${this.folded ? "false" : "true"}
            aria-controls="upload-list"
            aria-label=${this.folded ? uploading.expand : uploading.collapse}
            @click=${this.#fold}
          >
            ${this.folded ? icons.up : icons.down}
          </button>
          ${summary.active === 0
            ? html`<button class="icon-button" type="button" aria-label=${uploading.close} @click=${this.#close}>
                ${icons.close}
              </button>`
            : nothing}
        </header>
        ${summary.active > 0
          ? html`<progress class="total" max="1" .value=${share} aria-label=${uploading.progressAll}></progress>`
          : nothing}
        <ul id="upload-list" role="list" ?hidden=${this.folded}>
          ${repeat(
            shown,
            (upload) => upload.id,
            (upload) => this.#row(upload),
          )}
          ${uploads.length > SHOWN ? html`<li class="uploads-more">${uploading.more(uploads.length - SHOWN)}</li>` : nothing}
        </ul>
        ${this.folded ? nothing : this.#footer(summary)}
      </section>
    `;
  }

  protected override updated(): void {
    // What was pressed may be gone now; the keyboard stays in the panel.
    if (this.#focused && !this.contains(document.activeElement)) this.querySelector<HTMLElement>("header button")?.focus();
  }

  #headline({ total, active, leaving, ready, duplicate }: Summary): string {
    if (leaving > 0) return this.state.cut ? uploading.cut : uploading.adding(total - leaving, total);
    if (active > 0) return uploading.processingAll(active);
    return uploading.done(ready + duplicate, total);
  }

  #aside({ leaving, gone, bytes, rejected, failed }: Summary): TemplateResult {
    const { cut, minutes } = this.state;
    const trouble = rejected + failed;
    const left = minutes === null ? "" : ` · ${remainingInWords(minutes)}`;
    return html`
      ${leaving > 0 ? html`<p class="soft">${cut ? uploading.cutHint : `${uploading.bytes(gone, bytes)}${left}`}</p>` : nothing}
      ${trouble > 0 ? html`<p>${uploading.attention(trouble)}</p>` : nothing}
    `;
  }

  #footer({ active, ready, duplicate, rejected, failed }: Summary): TemplateResult | typeof nothing {
    const finished = active > 0 && ready + duplicate + rejected > 0;
    if (failed < 2 && !finished) return nothing;
    return html`<footer>
      ${finished ? html`<button class="button quiet" type="button" @click=${this.#clear}>${uploading.clear}</button>` : nothing}
      ${failed > 1
        ? html`<button class="button quiet" type="button" @click=${this.#retryAll}>
            ${icons.retry}${uploading.retryAll(failed)}
          </button>`
        : nothing}
    </footer>`;
  }

  #row(upload: Upload<File>): TemplateResult {
    const { id, file, stage, sent, photo, duplicateOf } = upload;
    return html`<li class="upload" data-stage=${stage}>
      <span class="upload-picture">
        ${icons.picture}<img src=${photo?.thumbnail_url ?? this.#previews.of(file)} alt="" loading="lazy" decoding="async" @error=${hideBroken} />
      </span>
      <span class="upload-name" title=${file.name}>${file.name}</span>
      <span class="upload-status">${icon(stage)}${this.#inWords(upload)}</span>
      ${isLeaving(upload)
        ? html`<progress
            max="1"
            .value=${file.size === 0 ? 1 : sent / file.size}
            aria-label=${strings.progressOf(file.name)}
          ></progress>`
        : nothing}
      <span class="upload-actions">
        ${stage === "failed" ? this.#button("retry", id, uploading.retryNamed(file.name), uploading.retry) : nothing}
        ${stage === "ready" ? this.#button("show", id, uploading.showNamed(file.name), uploading.show) : nothing}
        ${stage === "duplicate" && duplicateOf !== null
          ? this.#button("show", id, uploading.showTwin(file.name), uploading.show)
          : nothing}
        ${stage === "failed" || isLeaving(upload)
          ? html`<button
              class="icon-button"
              type="button"
              aria-label=${uploading.removeNamed(file.name)}
              @click=${() => {
                this.emit("remove", id);
              }}
            >
              ${icons.close}
            </button>`
          : nothing}
      </span>
    </li>`;
  }

  #inWords({ stage, sent, file, reason }: Upload): string {
    if (stage === "waiting") return this.state.cut ? uploading.cut : uploading.waiting;
    if (stage === "sending") return uploading.sending(file.size === 0 ? 1 : sent / file.size);
    if (stage === "rejected" || stage === "failed") return reason ?? strings.rejected;
    return uploading[stage];
  }

  #button(name: "retry" | "show", id: string, label: string, text: string): TemplateResult {
    return html`<button
      class="button quiet"
      type="button"
      aria-label=${label}
      @click=${() => {
        this.emit(name, id);
      }}
    >
      ${text}
    </button>`;
  }

  #fold = (): void => {
    this.folded = !this.folded;
  };

  #clear = (): void => {
    this.emit("clear", null);
  };

  #retryAll = (): void => {
    this.emit("retry-all", null);
  };

  #close = (): void => {
    for (const { id, stage } of this.state.uploads) if (stage === "failed") this.emit("remove", id);
    this.emit("clear", null);
  };
}

/** What needs the person comes first; of more than are shown, what is finished comes last. */
function inOrder(uploads: readonly Upload<File>[]): readonly Upload<File>[] {
  const rank = (upload: Upload) => {
    if (upload.stage === "rejected" || upload.stage === "failed") return 0;
    return uploads.length > SHOWN && (upload.stage === "ready" || upload.stage === "duplicate") ? 2 : 1;
  };
  return [...uploads].sort((a, b) => rank(a) - rank(b));
}

function icon(stage: Stage): TemplateResult | typeof nothing {
  if (stage === "ready" || stage === "duplicate") return icons.check;
  return stage === "rejected" || stage === "failed" ? icons.warning : nothing;
}
