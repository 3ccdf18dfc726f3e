/**
 * Every word that is said about taking photos away: loaded with it, as the page is to be light.
 */
import { strings, formatTag } from "./common.ts";

export const bundleStrings = {
  takeAwayHint: "Originals as zip files, made for you in the background. You may close this and come back.",
  takeAwayLoading: "Looking at your tags…",
  closeTakeAway: "Close take away",
  takeTags: "All photos tagged",
  lookForTag: "Look for a tag",
  moreTags: (count: number) => `${count} more: look for them by name.`,
  takeAwayEmpty: "There is nothing to take away yet. Photos are taken by their tags, or chosen in the grid.",
  takeAwayNothing: "Choose at least one tag, or photos in the grid.",
  picked: (count: number) => `${count === 1 ? "1 photo" : `${count} photos`} that you chose`,
  removePicked: "Without the photos chosen",
  anyOfThese: "Any of these",
  allOfThese: "All of these",
  tellMe: "Tell me when it is ready",
  channels: { none: ["No message", "I will look here"], email: ["Email", "To your address"], sms: ["Text", "To your phone"] },
  unusable: "Not verified in your account",
  pending: (channel: string, address: string) =>
    channel === "email"
      ? `One thing first: follow the link in the mail that went to ${address}. Until then no message can come.`
      : `${address} has not confirmed yet.`,
  confirmed: (address: string) => `A message goes to ${address}.`,
  unsubscribe: "No messages any more",
  download: "Download",
  yourDownloads: "Your downloads",
  bundleOf: (count: number, bytes: string) => `${strings.photos(count)}, ${bytes}`,
  bundleStates: {
    queued: "Waiting for its turn.",
    building: "Being made.",
    ready: "Ready.",
    failed: "It could not be made.",
    expired: "Expired: its files are gone. Order it once more.",
  },
  photosDone: (done: number, total: number) => `${done} of ${strings.photos(total)}.`,
  expires: (time: string) => `Here until ${time}`,
  saveZip: "Save zip",
  saveVolume: (number: number, total: number) => `Save zip ${number} of ${total}`,
  skipped: (count: number) => `${strings.photos(count)} left out`,
  discard: "Remove",
  cancelNamed: (making: boolean, name: string) => `${making ? "Cancel" : "Remove"} the download of ${name}`,
  cancelled: "It is gone.",
} as const;

/** What is about to be ordered, in a line: Mountain (32), 3 photos, email. */
export function summarizeDraft(
  labels: readonly { readonly name: string; readonly count: number }[],
  { tags, photoIds }: { readonly tags: readonly string[]; readonly photoIds: readonly string[] },
  channel: "email" | "sms" | null,
): string {
  const counts = new Map(labels.map(({ name, count }) => [name.toLowerCase(), count]));
  const words = tags.map((tag) => {
    const count = counts.get(tag.toLowerCase());
    return count === undefined ? formatTag(tag) : `${formatTag(tag)} (${count.toLocaleString("en")})`;
  });
  const picked = photoIds.length > 0 ? [strings.photos(photoIds.length)] : [];
  return [...words, ...picked, ...(channel === null ? [] : [bundleStrings.channels[channel][0].toLowerCase()])].join(", ");
}

/** What is worth saying of a bundle. */
export function announceBundle(said: string): string {
  const states: Readonly<Record<string, string>> = bundleStrings.bundleStates;
  return states[said] ?? said;
}
