/**
 * Strings of the selection and its actions, in the page's language.
 */
import { english } from "./en/selection.ts";
import { formatTag } from "./format.ts";
import { loadStrings } from "./locale.ts";

export const selectionStrings = await loadStrings({ en: () => english });

/** The parts of an action's outcome that the sentence needs. */
interface Outcome {
  readonly change: { readonly action: keyof typeof selectionStrings.done; readonly tags?: readonly string[] };
  readonly done: readonly unknown[];
  readonly failures: readonly unknown[];
  /** Why it ended early, as a sentence. */
  readonly error: string | null;
}

/** Describes what an action changed, and how many photos failed; `albumTitle` is of the album that it changed. */
export function describeOutcome(
  { change: { action, tags = [] }, done: { length: count }, failures, error }: Outcome,
  albumTitle: string | null = null,
): string {
  const done = count > 0 || failures.length === 0 ? [selectionStrings.done[action](count, tags.map(formatTag), albumTitle)] : [];
  const failed = failures.length === 0 ? [] : [selectionStrings.failed(failures.length)];
  return [...done, ...failed, ...(error === null ? [] : [error])].join(" ");
}
