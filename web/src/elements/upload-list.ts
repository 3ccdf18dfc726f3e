/**
 * The uploads, docked to a corner of the window: their progress as one bar, the files in progress, and what went wrong. When
 * everything is added, it closes to one line.
 */
import "../styles/upload-list.css";

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";

import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Upload, UploadPause } from "../state/upload-queue.ts";
import { currentRows, finishedRows, needsAttention } from "../state/upload-rows.ts";
import { summarize, type UploadSummary } from "../state/upload-summary.ts";
import { FilePreviews } from "./file-previews.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";
import { PressController } from "./press-controller.ts";
import { renderUploadPicture, renderUploadRow } from "./upload-row.ts";

export interface UploadListState {
  readonly uploads: readonly Upload<File>[];
  /** Why waiting uploads do not start, or null. */
  readonly pause: UploadPause | null;
  /** Estimated minutes left; null if unknown. */
  readonly minutes: number | null;
  /** Whether the session is of this tab only: then nobody can sign in elsewhere for it. */
  readonly isSharedComputer: boolean;
}

/** On a small screen, the list would cover half of the photos. */
const NARROW = "(max-width: 700px)";
/** Files listed during the upload: all of them are in view. */
const MAX_CURRENT_ROWS = 6;
/** Files listed at the end; further ones are counted. */
const MAX_FINISHED_ROWS = 30;

export class UploadList extends PageElement {
  static override properties = { state: { attribute: false }, collapsed: { state: true }, problemsOnly: { state: true } };
  declare state: UploadListState;
  declare collapsed: boolean;
  /** Whether, during the upload, the files that need attention are listed. */
  declare problemsOnly: boolean;
  readonly #previews = new FilePreviews();
  readonly #press = new PressController(this);
  #rows: readonly string[] = [];
  #summary: UploadSummary = summarize([]);
  /** The ids of all uploads at the last update. */
  #listed: ReadonlySet<string> = new Set();
  /** Whether the list had the focus before the last update. */
  #hadFocus = false;

  constructor() {
    super();
    this.state = { uploads: [], pause: null, minutes: null, isSharedComputer: false };
    this.collapsed = false;
    this.problemsOnly = false;
  }

  /** Moves no row while a pointer is pressed. */
  protected override async scheduleUpdate(): Promise<unknown> {
    if (this.#press.active) await this.#press.over;
    return super.scheduleUpdate();
  }

  protected override willUpdate(): void {
    this.#hadFocus = this.contains(document.activeElement);
    const { uploads } = this.state;
    const [before, newest] = [this.#summary, uploads.at(-1)?.id];
    this.#summary = summarize(uploads);
    const { active, ready, rejected, failed } = this.#summary;
    const problems = rejected + failed;
    // Files that the library has may be done before they are seen to be in progress.
    const isAdded = newest !== undefined && !this.#listed.has(newest);
    this.#listed = new Set(uploads.map(({ id }) => id));
    const isStart = isAdded || (active > 0 && before.active === 0);
    if (isStart) this.collapsed = matchMedia(NARROW).matches;
    if (active === 0 && (isStart || before.active > 0)) {
      if (problems > 0) this.collapsed = false;
      else if (ready > 0 && !this.#isUsed()) this.collapsed = true;
    }
    if (active === 0 || problems === 0) this.problemsOnly = false;
    this.#rows = this.#chooseRows(uploads, active);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { uploads, pause } = this.state;
    const byId = new Map(uploads.map((upload) => [upload.id, upload]));
    const rows = this.#rows.map((id) => byId.get(id)).filter((upload) => upload !== undefined);
    const [first] = rows;
    const visible = this.collapsed ? rows.slice(0, 1) : rows;
    this.#previews.keepOnly(new Set(visible.filter(({ photo }) => photo === null).map(({ file }) => file)));
    if (first === undefined) return nothing;
    const summary = this.#summary;
    const { active, progress } = summary;
    // At the end, another section takes its place: this one does not move.
    const section = html`
      <section class="uploads" aria-label=${uploadStrings.uploads}>
        <header class=${active > 0 ? "active" : ""}>
          ${this.collapsed ? renderUploadPicture(first, this.#previewOf) : nothing}
          <div>
            <h2>${this.#headline(summary)}</h2>
            ${this.#details(summary)}
          </div>
          ${
            summary.ready > 0
              ? html`<button class="button quiet" type="button" aria-label=${uploadStrings.viewAdded} @click=${this.#view}>${uploadStrings.view}</button>`
              : nothing
          }
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
            active === 0
              ? html`<button class="icon-button" type="button" aria-label=${uploadStrings.close} @click=${this.#close}>${icons.close}</button>`
              : nothing
          }
        </header>
        ${active > 0 ? html`<progress class="total-progress" max="1" .value=${progress} aria-label=${uploadStrings.totalProgress}></progress>` : nothing}
        ${pause === "signed-out" ? this.#signInPrompt() : nothing}
        <ul id="upload-list" role="list" ?hidden=${this.collapsed}>
          ${this.collapsed ? nothing : this.#list(rows, byId)}
        </ul>
        ${this.collapsed ? nothing : this.#footer(summary)}
      </section>
    `;
    return html`${keyed(active === 0, section)}`;
  }

  protected override updated(): void {
    // The pressed button may be gone: the focus stays in the list.
    if (this.#hadFocus && !this.contains(document.activeElement)) this.querySelector<HTMLElement>("header button")?.focus();
  }

  /** Whether somebody is about to press something in the list. */
  #isUsed(): boolean {
    return this.contains(document.activeElement) || (matchMedia("(hover: hover)").matches && this.matches(":hover"));
  }

  #chooseRows(uploads: readonly Upload<File>[], active: number): readonly string[] {
    if (active === 0 && uploads.length > MAX_CURRENT_ROWS) return finishedRows(uploads, MAX_FINISHED_ROWS);
    if (this.problemsOnly) return finishedRows(uploads.filter(needsAttention), MAX_FINISHED_ROWS);
    return currentRows(this.#rows, uploads, MAX_CURRENT_ROWS);
  }

  #headline(summary: UploadSummary): string {
    const { pause } = this.state;
    if (summary.active === 0) return uploadStrings.done(summary);
    if (summary.unsent > 0 && pause !== null) return pause === "offline" ? uploadStrings.offline : uploadStrings.signedOut;
    return uploadStrings.adding(summary.total);
  }

  #details(summary: UploadSummary): TemplateResult {
    const { pause, minutes } = this.state;
    const { active, unsent, total, rejected, failed, sentBytes, totalBytes } = summary;
    const problems = rejected + failed;
    const work = [
      uploadStrings.finished(total - active, total),
      unsent > 0 ? uploadStrings.bytes(sentBytes, totalBytes) : uploadStrings.stages.processing,
    ];
    const waits = unsent > 0 && pause === "offline";
    return html`
      ${active === 0 ? nothing : html`<p class="muted">${waits ? uploadStrings.offlineHint : work.join(" · ")}</p>`}
      ${active === 0 || minutes === null ? nothing : html`<p class="muted">${uploadStrings.timeLeft(minutes)}</p>`}
      ${problems === 0 ? nothing : active > 0 && total > MAX_CURRENT_ROWS ? this.#problemsButton(problems) : html`<p>${uploadStrings.needAttention(problems)}</p>`}
    `;
  }

  #problemsButton(problems: number): TemplateResult {
    return html`<button class="problems-button" type="button" aria-pressed=${this.problemsOnly ? "true" : "false"} @click=${this.#toggleProblems}>
      ${uploadStrings.needAttention(problems)}
    </button>`;
  }

  #signInPrompt(): TemplateResult {
    const { isSharedComputer } = this.state;
    return html`<div class="uploads-prompt">
      <p>${isSharedComputer ? uploadStrings.signedOutHere : uploadStrings.signedOutHint}</p>
      ${
        isSharedComputer
          ? html`<button class="button primary" type="button" @click=${this.#signIn}>${strings.signIn}</button>`
          : html`<a class="button primary" href="#sign-in" target="_blank">${strings.signIn}</a>`
      }
    </div>`;
  }

  #list(rows: readonly Upload<File>[], byId: ReadonlyMap<string, Upload<File>>): unknown {
    const { uploads } = this.state;
    const hidden = this.#summary.active === 0 ? uploads.length - rows.length : 0;
    return html`${keyedList(
      rows,
      (upload) => upload.id,
      (upload) => this.#row(upload, byId),
    )}
    ${hidden > 0 ? html`<li class="upload-rows-more">${uploadStrings.moreRows(hidden)}</li>` : nothing}`;
  }

  #row(upload: Upload<File>, byId: ReadonlyMap<string, Upload<File>>): TemplateResult {
    const { id, sameFile } = upload;
    return renderUploadRow(upload, {
      previewOf: this.#previewOf,
      pause: this.state.pause,
      sameFileName: sameFile === null ? null : (byId.get(sameFile)?.file.name ?? null),
      retry: () => {
        this.emit("retry-upload", id);
      },
      show: () => {
        this.emit("show-upload", id);
      },
      remove: () => {
        this.emit("remove-upload", id);
      },
    });
  }

  #footer({ active }: UploadSummary): TemplateResult | typeof nothing {
    const retryable = this.state.uploads.filter(({ stage, canRetry }) => stage === "failed" && canRetry).length;
    if (retryable < 2 || (active > 0 && !this.problemsOnly)) return nothing;
    return html`<footer>
      <button class="button quiet" type="button" @click=${this.#retryAll}>${icons.retry}${uploadStrings.retryAll(retryable)}</button>
    </footer>`;
  }

  #previewOf = (file: File): string => this.#previews.urlOf(file);

  #toggle = (): void => {
    this.collapsed = !this.collapsed;
  };

  #toggleProblems = (): void => {
    this.problemsOnly = !this.problemsOnly;
    this.collapsed = false;
  };

  #view = (): void => {
    this.emit("view-uploads", null);
  };

  #signIn = (): void => {
    this.emit("sign-in", null);
  };

  #retryAll = (): void => {
    this.emit("retry-all-uploads", null);
  };

  #close = (): void => {
    this.emit("clear-uploads", null);
  };
}
