/**
 * Which of the chosen files cannot be uploaded, and why.
 */
import { html, type TemplateResult } from "lit";

import { formatList } from "../i18n/format.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import { type FileProblem, MAX_FILE_BYTES } from "../state/upload-validation.ts";

/** Files named per reason; of the rest only the number is given. */
const MAX_NAMED = 3;

const PROBLEMS: readonly FileProblem[] = ["too-large", "empty", "unreadable", "video", "not-photo"];

export function renderSkippedFiles(skipped: ReadonlyMap<FileProblem, readonly string[]>): TemplateResult {
  return html`${PROBLEMS.filter((problem) => skipped.has(problem)).map((problem) => {
    const names = skipped.get(problem) ?? [];
    return html`<p class="hint skipped-files">
      ${explain(problem, names.length)} <span>${listNames(names)}</span>
    </p>`;
  })}`;
}

function explain(problem: FileProblem, count: number): string {
  if (problem === "too-large") return uploadStrings.skipped.tooLarge(count, MAX_FILE_BYTES / 1024 ** 2);
  if (problem === "empty") return uploadStrings.skipped.empty(count);
  if (problem === "unreadable") return uploadStrings.skipped.unreadable(count);
  return problem === "video" ? uploadStrings.skipped.video(count) : uploadStrings.skipped.notPhoto(count);
}

/** The first names, and how many more there are. */
function listNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return formatList([...names.slice(0, MAX_NAMED), ...(more > 0 ? [uploadStrings.moreFiles(more)] : [])], "conjunction");
}
