/**
 * The photos being put in: how far each has got, what went wrong, and what can be done about it.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { FilePreviews } from "../previews.ts";
import { isLeaving, type Stage, summarise, type Summary, type Upload } from "../queue.ts";
import { strings } from "../strings.ts";
import { hideBroken } from "./broken-image.ts";
import { PageElement } from "./element.ts";
import { icons } from "./icons.ts";

export class Uploads extends PageElement {
  static override properties = { uploads: { attribute: false }, folded: { state: true } };
  declare uploads: readonly Upload<File>[];
  declare folded: boolean;
  readonly #previews = new FilePreviews();

  constructor() {
    super();
    this.uploads = [];
    this.folded = false;
  }

  protected override willUpdate(): void {
    if (this.uploads.length === 0) this.folded = false;
    this.#previews.keepOnly(new Set(this.uploads.filter(({ photo }) => photo === null).map(({ file }) => file)));
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.uploads.length === 0) return nothing;
    const summary = summarise(this.uploads);
    return html`
      <section class="uploads" aria-label=${strings.uploads}>
        <header>
          <div>
            <h2>${headline(summary)}</h2>
            ${aside(summary)}
          </div>
          <button
            class="icon-button"
            type="button"
            aria-expanded=${this.folded ? "false" : "true"}
            aria-controls="upload-list"
            aria-label=${this.folded ? strings.expand : strings.collapse}
            @click=${this.#fold}
          >
            ${this.folded ? icons.up : icons.down}
          </button>
          ${summary.active === 0
            ? html`<button class="icon-button" type="button" aria-label=${strings.closeUploads} @click=${this.#close}>
                ${icons.close}
              </button>`
            : nothing}
        </header>
        ${summary.active > 0
          ? html`<progress class="total" max="1" .value=${summary.sent} aria-label=${strings.progressAll}></progress>`
          : nothing}
        <ul id="upload-list" role="list" ?hidden=${this.folded}>
          ${repeat(
            inOrder(this.uploads),
            (upload) => upload.id,
            (upload) => this.#row(upload),
          )}
        </ul>
        ${!this.folded && summary.active > 0 && summary.ready + summary.duplicate + summary.rejected > 0
          ? html`<footer>
              <button class="button quiet" type="button" @click=${this.#clear}>${strings.clear}</button>
            </footer>`
          : nothing}
      </section>
    `;
  }

  #row(upload: Upload<File>): TemplateResult {
    const { id, file, stage, sent } = upload;
    return html`<li class="upload" data-stage=${stage}>
      <span class="upload-picture">
        ${icons.picture}<img src=${upload.photo?.thumbnail_url ?? this.#previews.of(file)} alt="" loading="lazy" decoding="async" @error=${hideBroken} />
      </span>
      <span class="upload-name" title=${file.name}>${file.name}</span>
      <span class="upload-status">${icon(stage)}${inWords(upload)}</span>
      ${isLeaving(upload)
        ? html`<progress
            max="1"
            .value=${file.size === 0 ? 1 : sent / file.size}
            aria-label=${strings.progressOf(file.name)}
          ></progress>`
        : nothing}
      <span class="upload-actions">
        ${stage === "failed" ? this.#button("retry", id, strings.retryNamed(file.name), strings.retry) : nothing}
        ${stage === "ready" ? this.#button("show", id, strings.showNamed(file.name), strings.show) : nothing}
        ${stage === "failed" || isLeaving(upload)
          ? html`<button
              class="icon-button"
              type="button"
              aria-label=${strings.removeNamed(file.name)}
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

  #close = (): void => {
    for (const { id, stage } of this.uploads) if (stage === "failed") this.emit("remove", id);
    this.emit("clear", null);
  };
}

/** What needs the person comes first, the rest as it was added. */
function inOrder(uploads: readonly Upload<File>[]): readonly Upload<File>[] {
  return [...uploads].sort((a, b) => Number(isTrouble(b)) - Number(isTrouble(a)));
}

function isTrouble({ stage }: Upload): boolean {
  return stage === "rejected" || stage === "failed";
}

function headline(summary: Summary): string {
  const { total, active, leaving, ready, duplicate } = summary;
  if (leaving > 0) return strings.uploading(total - leaving, total);
  if (active > 0) return strings.processingAll(active);
  return strings.done(ready + duplicate, total);
}

function aside({ rejected, failed }: Summary): TemplateResult | typeof nothing {
  const trouble = rejected + failed;
  return trouble === 0 ? nothing : html`<p>${strings.uploadsAttention(trouble)}</p>`;
}

function icon(stage: Stage): TemplateResult | typeof nothing {
  if (stage === "ready" || stage === "duplicate") return icons.check;
  return stage === "rejected" || stage === "failed" ? icons.warning : nothing;
}

function inWords({ stage, sent, file, reason }: Upload): string {
  if (stage === "sending") return strings.sending(file.size === 0 ? 1 : sent / file.size);
  if (stage === "rejected" || stage === "failed") return reason ?? strings.rejected;
  return strings[stage];
}
