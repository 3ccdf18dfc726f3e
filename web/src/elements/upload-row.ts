/**
 * One file in the list of uploads: its preview, its progress, what went wrong, and actions on it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import { isUnsent, type Upload, type UploadPause, type UploadStage } from "../state/upload-queue.ts";
import { rawExtension } from "../state/upload-validation.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { icons } from "./icons.ts";

export interface UploadRowContext {
  /** The object URL of a file. */
  readonly previewOf: (file: File) => string;
  readonly pause: UploadPause | null;
  /** The name of the chosen file with the same bytes; null if it is no longer listed. */
  readonly sameFileName: string | null;
  readonly retry: () => void;
  readonly show: () => void;
  readonly remove: () => void;
}

export function renderUploadRow(upload: Upload<File>, context: UploadRowContext): TemplateResult {
  const { file, stage, duplicateOf, canRetry } = upload;
  return html`<li class="upload" data-stage=${stage}>
    ${renderUploadPicture(upload, context.previewOf)}
    <span class="upload-name" title=${file.name}>${file.name}</span>
    <span class="upload-status">${stageIcon(stage)}${statusText(upload, context)}</span>
    ${
      isUnsent(upload)
        ? html`<progress max="1" .value=${sentShare(upload)} aria-label=${strings.progressOf(file.name)}></progress>`
        : nothing
    }
    <span class="upload-actions">
      ${stage === "failed" && canRetry ? button(context.retry, uploadStrings.retryNamed(file.name), uploadStrings.retry) : nothing}
      ${stage === "ready" ? button(context.show, uploadStrings.showNamed(file.name), uploadStrings.show) : nothing}
      ${
        stage === "duplicate" && duplicateOf !== null
          ? button(context.show, uploadStrings.showExisting(file.name), uploadStrings.show)
          : nothing
      }
      ${
        stage === "failed" || isUnsent(upload)
          ? html`<button class="icon-button" type="button" aria-label=${uploadStrings.removeNamed(file.name)} @click=${context.remove}>
            ${icons.close}
          </button>`
          : nothing
      }
    </span>
  </li>`;
}

/** A small preview: of the photo, of the file before, or the name of a raw format, which browsers do not show. */
export function renderUploadPicture({ file, photo }: Upload<File>, previewOf: (file: File) => string): TemplateResult {
  const raw = rawExtension(file.name);
  const source = photo?.thumbnail_url ?? (raw === null ? previewOf(file) : null);
  return html`<span class="upload-picture">
    ${raw ?? icons.picture}${source === null ? nothing : html`<img src=${source} alt="" decoding="async" @error=${hideBrokenImage} />`}
  </span>`;
}

function statusText(upload: Upload, { pause, sameFileName }: UploadRowContext): string {
  const { stage, reason } = upload;
  if (stage === "waiting") return pause === "offline" ? uploadStrings.offline : uploadStrings.stages.waiting;
  if (stage === "sending") return uploadStrings.sending(sentShare(upload));
  if (stage === "rejected" || stage === "failed") return reason ?? strings.rejected;
  if (stage === "duplicate" && upload.sameFile !== null) return uploadStrings.sameFile(sameFileName);
  return uploadStrings.stages[stage];
}

/** The part of a file that was sent, 0 to 1. */
function sentShare({ sent, file }: Upload): number {
  return file.size === 0 ? 1 : sent / file.size;
}

function stageIcon(stage: UploadStage): TemplateResult | typeof nothing {
  if (stage === "ready" || stage === "duplicate") return icons.check;
  return stage === "rejected" || stage === "failed" ? icons.warning : nothing;
}

function button(pressed: () => void, label: string, text: string): TemplateResult {
  return html`<button class="button quiet" type="button" aria-label=${label} @click=${pressed}>${text}</button>`;
}
