/**
 * What the page says of photos that are chosen, and of what is done to them; loaded with the first one chosen.
 */
import { strings, formatTag } from "./common.ts";

export const selectionStrings = {
  selection: "Selected photos",
  selected: (count: number) => `${count} selected`,
  endSelection: "End the selection",
  selectAll: "Select all",
  selectShown: "Select all shown",
  publish: "Publish",
  hide: "Hide",
  tagPhotos: "Tag…",
  tagsToAdd: "Add tags: beach, family",
  trashPhotos: "Trash",
  restore: "Restore",
  erase: "Delete for ever",
  eraseAsk: (count: number) =>
    `Delete ${count === 1 ? "this photo" : `these ${count} photos`} for ever, original and all? This cannot be undone.`,
  keepPhotos: (count: number) => (count === 1 ? "Keep it" : "Keep them"),
  toast: "What was done",
  undo: "Undo",
  undone: "That is undone.",
  notUndone: (count: number) => `It could not be undone for ${strings.photos(count)}.`,
  andMoreTroubles: (count: number) => `and ${count} more`,
} as const;

const are = (count: number) => `${strings.photos(count)} ${count === 1 ? "is" : "are"}`;

/** What became of photos, as far as words need it. */
interface Outcome {
  readonly action: "trash" | "restore" | "publish" | "hide" | "tag" | "untag" | "erase";
  readonly tags: readonly string[];
  readonly done: readonly unknown[];
  readonly failures: readonly unknown[];
}

/** What became of photos, in a sentence. */
export function describeOutcome({ action, done: { length: count }, failures, tags }: Outcome): string {
  const done: Record<Outcome["action"], string> = {
    trash: `${are(count)} in the trash.`,
    restore: `${are(count)} out of the trash.`,
    publish: `${are(count)} public.`,
    hide: `${are(count)} private.`,
    tag: `${are(count)} tagged ${strings.and(tags.map(formatTag))}.`,
    untag: `${are(count)} no longer tagged ${strings.and(tags.map(formatTag))}.`,
    erase: `${are(count)} deleted for ever.`,
  };
  const failed = failures.length === 0 ? "" : `It did not work for ${strings.photos(failures.length)}.`;
  return [count > 0 || failed === "" ? done[action] : "", failed].filter(Boolean).join(" ");
}

/** What is being done, and how far it is. */
export function formatProgress({ done, total }: { readonly done: number; readonly total: number }): string {
  return total === 1 ? "Working…" : `Working: ${done} of ${total}`;
}
