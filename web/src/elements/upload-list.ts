/**
 * The list of uploads: their progress, what went wrong, and actions on them.
 */
import "../styles/upload-list.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import { isUnsent, type UploadStage, summarize, type UploadSummary, type Upload } from "../state/upload-queue.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { FilePreviews } from "./file-previews.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";
import { PressController } from "./press-controller.ts";

export interface UploadListState {
  readonly uploads: readonly Upload<File>[];
  /** Whether there is no line to the library. */
  readonly cut: boolean;
  /** Estimated minutes left; null if unknown. */
  readonly minutes: number | null;
}

/** Rows in the document; further uploads are counted. */
const MAX_ROWS = 30;

export class UploadList extends PageElement {
  static override properties = { state: { attribute: false }, collapsed: { state: true } };
  declare state: UploadListState;
  declare collapsed: boolean;
  readonly #previews = new FilePreviews();
  readonly #press = new PressController(this);
  /** Whether the list had the focus before the last update. */
  #hadFocus = false;

  constructor() {
    super();
    this.state = { uploads: [], cut: false, minutes: null };
    this.collapsed = false;
  }

  /** Moves no row while a pointer is pressed. */
  protected override async scheduleUpdate(): Promise<unknown> {
    if (this.#press.active) await this.#press.over;
    return super.scheduleUpdate();
  }

  protected override willUpdate(): void {
    this.#hadFocus = this.contains(document.activeElement);
    if (this.state.uploads.length === 0) this.collapsed = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { uploads } = this.state;
    const visible = this.collapsed ? [] : sortUploads(uploads).slice(0, MAX_ROWS);
    this.#previews.keepOnly(new Set(visible.filter(({ photo }) => photo === null).map(({ file }) => file)));
    if (uploads.length === 0) return nothing;
    const summary = summarize(uploads);
    const share = summary.totalBytes === 0 ? 1 : summary.sentBytes / summary.totalBytes;
    return html`
      <section class="uploads" aria-label=${uploadStrings.uploads}>
        <header>
          <div>
            <h2>${this.#headline(summary)}</h2>
            ${this.#details(summary)}
          </div>
          <button
            class="icon-button"
            type="button"
            aria-expanded=${this.collapsed ? "false" : "true"}
            aria-controls="upload-list"
            aria-label=${this.collapsed ? uploadStrings.expand : uploadStrings.collapse}
            @click=${this.#toggle}
          >
            ${this.collapsed ? icons.up : icons.down}
          </button>
          ${
            summary.active === 0
              ? html`<button class="icon-button" type="button" aria-label=${uploadStrings.close} @click=${this.#close}>
                ${icons.close}
              </button>`
              : nothing
          }
        </header>
        ${
          summary.active > 0
            ? html`<progress class="total-progress" max="1" .value=${share} aria-label=${uploadStrings.totalProgress}></progress>`
            : nothing
        }
        <ul id="upload-list" role="list" ?hidden=${this.collapsed}>
          ${keyedList(
            visible,
            (upload) => upload.id,
            (upload) => this.#row(upload),
          )}
          ${uploads.length > MAX_ROWS ? html`<li class="upload-rows-more">${uploadStrings.moreRows(uploads.length - MAX_ROWS)}</li>` : nothing}
        </ul>
        ${this.collapsed ? nothing : this.#footer(summary)}
      </section>
    `;
  }

  protected override updated(): void {
    // The pressed button may be gone: the focus stays in the list.
    if (this.#hadFocus && !this.contains(document.activeElement)) this.querySelector<HTMLElement>("header button")?.focus();
  }

  #headline({ total, active, unsent, ready, duplicate }: UploadSummary): string {
    if (unsent > 0) return this.state.cut ? uploadStrings.offline : uploadStrings.uploading(total - unsent, total);
    if (active > 0) return uploadStrings.processingAll(active);
    return uploadStrings.done(ready, duplicate, total);
  }

  #details({ unsent, sentBytes, totalBytes, rejected, failed }: UploadSummary): TemplateResult {
    const { cut, minutes } = this.state;
    const trouble = rejected + failed;
    const left = minutes === null ? "" : ` · ${uploadStrings.timeLeft(minutes)}`;
    return html`
      ${unsent > 0 ? html`<p class="muted">${cut ? uploadStrings.offlineHint : `${uploadStrings.bytes(sentBytes, totalBytes)}${left}`}</p>` : nothing}
      ${trouble > 0 ? html`<p>${uploadStrings.needAttention(trouble)}</p>` : nothing}
    `;
  }

  #footer({ active, ready, duplicate, rejected, failed }: UploadSummary): TemplateResult | typeof nothing {
    const finished = active > 0 && ready + duplicate + rejected > 0;
    if (failed < 2 && !finished) return nothing;
    return html`<footer>
      ${finished ? html`<button class="button quiet" type="button" @click=${this.#clear}>${uploadStrings.clearFinished}</button>` : nothing}
      ${
        failed > 1
          ? html`<button class="button quiet" type="button" @click=${this.#retryAll}>
            ${icons.retry}${uploadStrings.retryAll(failed)}
          </button>`
          : nothing
      }
    </footer>`;
  }

  #row(upload: Upload<File>): TemplateResult {
    const { id, file, stage, sent, photo, duplicateOf } = upload;
    return html`<li class="upload" data-stage=${stage}>
      <span class="upload-picture">
        ${icons.picture}<img src=${photo?.thumbnail_url ?? this.#previews.urlOf(file)} alt="" loading="lazy" decoding="async" @error=${hideBrokenImage} />
      </span>
      <span class="upload-name" title=${file.name}>${file.name}</span>
      <span class="upload-status">${stageIcon(stage)}${this.#statusText(upload)}</span>
      ${
        isUnsent(upload)
          ? html`<progress
            max="1"
            .value=${file.size === 0 ? 1 : sent / file.size}
            aria-label=${strings.progressOf(file.name)}
          ></progress>`
          : nothing
      }
      <span class="upload-actions">
        ${stage === "failed" ? this.#button("retry-upload", id, uploadStrings.retryNamed(file.name), uploadStrings.retry) : nothing}
        ${stage === "ready" ? this.#button("show-upload", id, uploadStrings.showNamed(file.name), uploadStrings.show) : nothing}
        ${
          stage === "duplicate" && duplicateOf !== null
            ? this.#button("show-upload", id, uploadStrings.showExisting(file.name), uploadStrings.show)
            : nothing
        }
        ${
          stage === "failed" || isUnsent(upload)
            ? html`<button
              class="icon-button"
              type="button"
              aria-label=${uploadStrings.removeNamed(file.name)}
              @click=${() => {
                this.emit("remove-upload", id);
              }}
            >
              ${icons.close}
            </button>`
            : nothing
        }
      </span>
    </li>`;
  }

  #statusText({ stage, sent, file, reason }: Upload): string {
    if (stage === "waiting") return this.state.cut ? uploadStrings.offline : uploadStrings.stages.waiting;
    if (stage === "sending") return uploadStrings.sending(file.size === 0 ? 1 : sent / file.size);
    if (stage === "rejected" || stage === "failed") return reason ?? strings.rejected;
    return uploadStrings.stages[stage];
  }

  #button(name: "retry-upload" | "show-upload", id: string, label: string, text: string): TemplateResult {
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

  #toggle = (): void => {
    this.collapsed = !this.collapsed;
  };

  #clear = (): void => {
    this.emit("clear-uploads", null);
  };

  #retryAll = (): void => {
    this.emit("retry-all-uploads", null);
  };

  #close = (): void => {
    for (const { id, stage } of this.state.uploads) if (stage === "failed") this.emit("remove-upload", id);
    this.emit("clear-uploads", null);
  };
}

/** Sorts uploads that need attention first; if not all are visible, finished ones last. */
function sortUploads(uploads: readonly Upload<File>[]): readonly Upload<File>[] {
  const rank = (upload: Upload) => {
    if (upload.stage === "rejected" || upload.stage === "failed") return 0;
    return uploads.length > MAX_ROWS && (upload.stage === "ready" || upload.stage === "duplicate") ? 2 : 1;
  };
  return [...uploads].sort((a, b) => rank(a) - rank(b));
}

function stageIcon(stage: UploadStage): TemplateResult | typeof nothing {
  if (stage === "ready" || stage === "duplicate") return icons.check;
  return stage === "rejected" || stage === "failed" ? icons.warning : nothing;
}
