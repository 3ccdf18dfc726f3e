/**
 * The words of putting photos in, loaded with what needs them.
 */
import { formatBytes, strings } from "./common.ts";

const { photos } = strings;
const files = (count: number) => (count === 1 ? "1 file" : `${count} files`);

export const uploadStrings = {
  reading: "Looking through the folder…",

  composerTitle: (count: number) => `Add ${photos(count)}`,
  andMore: (count: number) => `+${count}`,
  whoSees: "Who can see them",
  private: "Private",
  privateHint: "Only you",
  publicHint: "Everyone with this page",
  tagsField: "Tags",
  tagsHint: "Optional, with commas between: beach, family",
  leftOut: (count: number) => `${count === 1 ? "1 file is" : `${count} files are`} left out: not a photo.`,
  beyond: (most: number) => `These are the first ${most.toLocaleString("en")}, as many as go at once. Add the others afterwards.`,
  nothingUsable: "None of these files is a photo.",
  nothingThere: "There is no photo in it.",
  signInFirst: "Sign in to add photos",
  signInFirstHint: "Your photos go into your own library. Sign in, then choose them again.",
  tooLarge: (megabytes: number) => `Larger than ${megabytes} MB, which is the most a photo may have.`,

  uploads: "Uploads",
  adding: (done: number, total: number) => `Adding ${Math.min(done + 1, total)} of ${total}`,
  cut: "Waiting for the connection",
  cutHint: "Goes on by itself when it is back.",
  bytes: (gone: number, all: number) => `${formatBytes(gone)} of ${formatBytes(all)}`,
  processingAll: (count: number) => `Finding labels in ${photos(count)}`,
  done: (ok: number, total: number) => (ok === total ? `${photos(ok)} in your library` : `${ok} of ${total} in your library`),
  attention: (count: number) => (count === 1 ? "1 needs your attention" : `${count} need your attention`),
  more: (count: number) => `and ${count} more`,
  show: "Show",
  collapse: "Show less",
  expand: "Show the list",
  close: "Close uploads",
  clear: "Clear finished",
  retry: "Retry",
  retryAll: (count: number) => `Retry all ${count}`,
  retryNamed: (name: string) => `Retry ${name}`,
  removeNamed: (name: string) => `Remove ${name}`,
  showNamed: (name: string) => `Show ${name}`,
  showTwin: (name: string) => `Show the photo that ${name} is already`,
  twinGone: "That photo is not in your library any more.",
  progressAll: "Progress of all uploads",
  waiting: "Waiting",
  signing: "Preparing",
  sending: (share: number) => `Sending ${Math.floor(share * 100)} %`,
  processing: "Finding labels…",
  ready: "In your library",
  duplicate: "Already in your library",
  vanished: "The library no longer has it. Please add it again.",
  failedToSend: "The upload did not get through.",
} as const;

/** What happened to uploads, in a sentence for each kind. */
export const uploadAnnouncements = {
  started: (count: number) => `Adding ${photos(count)}.`,
  left: (minutes: number) => `${formatTimeLeft(minutes)}.`,
  ready: (count: number) => `${photos(count)} ${count === 1 ? "is" : "are"} in your library.`,
  duplicate: (count: number) => `${photos(count)} ${count === 1 ? "was" : "were"} already in your library.`,
  rejected: (name: string, reason: string) => `${name} could not be used: ${reason}`,
  failed: (name: string) => `${name} did not get through. You can retry it.`,
  andMore: (count: number) => `${files(count)} more ${count === 1 ? "needs" : "need"} your attention.`,
} as const;

/** How long it will still take; 0 is less than a minute. */
export function formatTimeLeft(minutes: number): string {
  if (minutes === 0) return "Less than a minute left";
  if (minutes === 1) return "About a minute left";
  if (minutes < 20) return `About ${minutes} minutes left`;
  if (minutes < 55) return `About ${5 * Math.round(minutes / 5)} minutes left`;
  const hours = Math.round(minutes / 30) / 2;
  return hours === 1 ? "About an hour left" : `About ${hours} hours left`;
}
