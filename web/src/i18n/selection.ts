/**
 * Strings of the selection and its actions, in the page's language.
 */
import { english } from "./en/selection.ts";
import { formatTag } from "./format.ts";
import { loadStrings } from "./locale.ts";

export const selectionStrings = await loadStrings({ en: () => english });

/** How many photos that failed for one reason are named. */
const MAX_NAMED = 3;

/** Describes why photos failed: a line for each, or only the reason if many have the same. */
export function describeFailures(
  failures: readonly { readonly photo: { readonly filename: string }; readonly reason: string }[],
): readonly string[] {
  const reasons = new Set(failures.map(({ reason }) => reason));
  if (reasons.size === 1 && failures.length > MAX_NAMED) return [...reasons];
  return failures.map(({ photo, reason }) => `${photo.filename}: ${reason}`);
}

/** The parts of an action's outcome that the sentence needs. */
interface Outcome {
  readonly change: { readonly action: keyof typeof selectionStrings.done; readonly tags?: readonly string[] };
  readonly done: readonly unknown[];
  readonly failures: readonly { readonly reason: string; readonly uncertain?: boolean }[];
  readonly skipped: number;
  /** Why it ended early, as a sentence. */
  readonly error: string | null;
}

/** Describes what an action changed, and how many photos failed; `albumTitle` is of the album that it changed. */
export function describeOutcome(
  { change: { action, tags = [] }, done: { length: count }, failures, skipped, error }: Outcome,
  albumTitle: string | null = null,
): string {
  const done = count > 0 || failures.length === 0 ? [selectionStrings.done[action](count, tags.map(formatTag), albumTitle)] : [];
  const [failed, maybe] =
    action === "delete_permanently"
      ? [selectionStrings.notDeleted, selectionStrings.maybeNotDeleted]
      : [selectionStrings.failed, selectionStrings.maybeUnchanged];
  const uncertain = failures.filter((failure) => failure.uncertain).length;
  const certain = failures.length - uncertain;
  const unchanged = skipped === 0 ? [] : [selectionStrings.skipped(skipped)];
  return [
    ...done,
    ...(certain > 0 ? [failed(certain)] : []),
    ...(uncertain > 0 ? [maybe(uncertain)] : []),
    ...unchanged,
    ...(error === null ? [] : [error]),
  ].join(" ");
}
