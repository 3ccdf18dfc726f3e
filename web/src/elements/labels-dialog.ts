/**
 * The dialog that has the labels of the user's photos found again, and shows the progress. Loaded when it is first opened.
 */
import "../styles/labels-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { systemClock } from "../core/clock.ts";
import { explain, strings } from "../i18n/common.ts";
import { formatDateTime, formatTag } from "../i18n/format.ts";
import { labelStrings } from "../i18n/labels.ts";
import { type LabelProgress, LabelRefresh, type LabelRefreshApi } from "../state/label-refresh.ts";
import { icons } from "./icons.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";
import { PollingController } from "./polling-controller.ts";

/** Opens the dialog; `tag` is the one that the page shows, or null. `onClose` is called once it is closed. */
export function openLabelsDialog(api: LabelRefreshApi, tag: string | null, onClose: () => void): LabelsDialog {
  defineOnce("tintype-labels-dialog", LabelsDialog);
  return openDialog(new LabelsDialog(new LabelRefresh(api, systemClock), tag, onClose));
}

export class LabelsDialog extends ModalDialog {
  readonly #labels: LabelRefresh;
  readonly #tag: string | null;

  constructor(labels: LabelRefresh, tag: string | null, onClose: () => void) {
    super([labels], onClose);
    this.#labels = labels;
    this.#tag = tag;
    this.addController(new PollingController(labels));
  }

  protected override load(): void {
    void this.#labels.load();
  }

  protected override reload(): void {
    if (this.#labels.status === "failed") this.load();
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "labels-dialog",
      title: strings.updateLabels,
      closeLabel: labelStrings.close,
      content: html`<p class="muted">${labelStrings.hint}</p>
        ${this.#body()}`,
    });
  }

  #body(): TemplateResult {
    const { status, progress, error } = this.#labels;
    if (status === "failed") return this.renderLoadError(error);
    if (status === "loading" || progress === null) return html`<p class="hint" role="status">${labelStrings.loading}</p>`;
    return progress.state === "running" ? renderProgress(progress) : this.#form(progress);
  }

  #form(progress: LabelProgress): TemplateResult {
    const { starting, error } = this.#labels;
    return html`<form @submit=${this.#submit}>
      <div role="status">${renderResult(progress)}</div>
      ${this.#tag === null ? nothing : renderChoice(this.#tag)}
      ${error === null ? nothing : html`<p class="hint" role="alert">${explain(error)}</p>`}
      <div class="dialog-actions">
        <button class="button primary" aria-disabled=${starting ? "true" : "false"}>${icons.tag}${labelStrings.update}</button>
      </div>
    </form>`;
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const onlyTag = new FormData(event.target as HTMLFormElement).get("photos") === "tag";
    void this.#labels.start(onlyTag && this.#tag !== null ? [this.#tag] : []);
    void this.focusOn("#labels-dialog-title");
  };
}

/** Renders the choice between all photos and those with a tag. */
function renderChoice(tag: string): TemplateResult {
  const choice = (value: "all" | "tag", label: string) =>
    html`<label class="option-card"><input type="radio" name="photos" value=${value} ?checked=${value === "all"} /><b>${label}</b></label>`;
  return html`<fieldset>
    <legend>${labelStrings.choice}</legend>
    ${choice("all", strings.allPhotos)}${choice("tag", labelStrings.onlyTag(formatTag(tag)))}
  </fieldset>`;
}

function renderProgress({ labeled, photos }: LabelProgress): TemplateResult {
  return html`<div class="labels-progress">
    <p role="status">${labeled === 0 ? labelStrings.starting : labelStrings.progressOf(labeled, photos)}</p>
    <progress max=${Math.max(photos, 1)} .value=${labeled} aria-label=${labelStrings.progress}></progress>
    <p class="hint">${labelStrings.background}</p>
  </div>`;
}

function renderResult({ photos, labeled, tags, finished_at: finishedAt }: LabelProgress): TemplateResult | typeof nothing {
  if (finishedAt === null) return nothing;
  const tag = tags.length === 0 ? null : tags.map(formatTag).join(", ");
  return html`<div class="labels-progress">
    <p>${labelStrings.current(labeled, photos, tag)}</p>
    <p class="hint">${labelStrings.finished(formatDateTime(Date.parse(finishedAt)))}</p>
    ${labeled === photos ? nothing : html`<p class="hint">${labelStrings.leftOver(photos - labeled)}</p>`}
  </div>`;
}
