/**
 * English: uploads.
 */
import { formatBytes, formatNumber, formatPercent, plural } from "../format.ts";
import { english as common } from "./common.ts";

const { photos } = common;

/** The remaining time in round numbers; 0 means less than a minute. */
function timeLeft(minutes: number): string {
  if (minutes === 0) return "Less than a minute left";
  if (minutes === 1) return "About a minute left";
  if (minutes < 20) return `About ${minutes} minutes left`;
  if (minutes < 55) return `About ${5 * Math.round(minutes / 5)} minutes left`;
  const hours = Math.round(minutes / 30) / 2;
  return hours === 1 ? "About an hour left" : `About ${formatNumber(hours)} hours left`;
}

export const english = {
  scanning: "Reading the folder…",
  found: (count: number) => plural(count, { one: "# file found", other: "# files found" }),

  addPhotos: (count: number) => `Add ${photos(count)}`,
  morePreviews: (count: number) => `+${formatNumber(count)}`,
  visibility: "Visibility",
  private: "Private",
  privateHint: "Only you",
  privateInAlbumHint: "You and people who see the album",
  publicHint: "Anyone who visits this page",
  addToAlbum: "Add to an album…",
  albumFailed: (reason: string) => `The album wasn't created, so nothing was uploaded. ${reason}`,
  discard: (count: number) => `Discard ${plural(count, { one: "this photo", other: "these # photos" })}? Nothing has been uploaded yet.`,
  discardAction: "Discard",
  keep: "Keep",
  tags: "Tags",
  tagsHint: "Optional. Separate tags with commas: beach, family",
  skipped: {
    tooLarge: (count: number, megabytes: number) =>
      plural(count, {
        one: `# file skipped: photos can have up to ${megabytes} MB.`,
        other: `# files skipped: photos can have up to ${megabytes} MB.`,
      }),
    empty: (count: number) =>
      plural(count, { one: "# file skipped because it is empty.", other: "# files skipped because they are empty." }),
    unreadable: (count: number) =>
      plural(count, { one: "# file skipped because it can't be read.", other: "# files skipped because they can't be read." }),
    video: (count: number) =>
      plural(count, { one: "# video skipped: only photos can be added.", other: "# videos skipped: only photos can be added." }),
    notPhoto: (count: number) =>
      plural(count, { one: "# file skipped because it isn't a photo.", other: "# files skipped because they aren't photos." }),
  },
  moreFiles: (count: number) => `${formatNumber(count)} more`,
  tooMany: (max: number) => `Only the first ${photos(max)} will be added. Add the rest afterwards.`,
  noneUsable: "None of these files are photos",
  noneFound: "No photos found",
  signInFirst: "Sign in to add photos",
  signInFirstHint: "Photos are added to your own library. Sign in, then choose them again.",

  uploads: "Uploads",
  adding: (count: number) => `Adding ${photos(count)}`,
  finished: (count: number, total: number) => `${formatNumber(count)} of ${formatNumber(total)}`,
  offline: "Waiting for connection",
  offlineHint: "Uploads will resume automatically.",
  signedOut: "Sign in to continue",
  signedOutHint: "Your session has ended. Sign in again in a new tab: the uploads continue here.",
  signedOutHere: "Your session has ended. Signing in reloads this page. Afterward, choose the remaining files again.",
  signOutQuestion: (count: number) => `${plural(count, { one: "# photo isn't", other: "# photos aren't" })} uploaded yet. Sign out anyway?`,
  signOutHint: "You'd have to choose the remaining photos again after signing in.",
  stay: "Stay",
  bytes: (sent: number, total: number) => `${formatBytes(sent)} of ${formatBytes(total)}`,
  done: ({ ready, duplicate, sameFile, total }: Readonly<Record<"ready" | "duplicate" | "sameFile" | "total", number>>) => {
    const existing = ready > 0 ? `${formatNumber(duplicate)} already in your library` : `${photos(duplicate)} already in your library`;
    const isComplete = ready + duplicate + sameFile === total;
    return [
      ...(ready > 0 || duplicate === 0
        ? [isComplete ? `${photos(ready)} added` : `${formatNumber(ready)} of ${formatNumber(total)} added`]
        : []),
      ...(duplicate > 0 ? [existing] : []),
      ...(sameFile > 0 ? [`${formatNumber(sameFile)} chosen twice`] : []),
    ].join(", ");
  },
  needAttention: (count: number) => plural(count, { one: "# needs attention", other: "# need attention" }),
  moreRows: (count: number) => `and ${formatNumber(count)} more`,
  show: "Show",
  view: "View",
  viewAdded: "View added photos",
  collapse: "Collapse uploads",
  expand: "Expand uploads",
  close: "Close uploads",
  retry: "Retry",
  retryAll: (count: number) => `Retry all ${formatNumber(count)}`,
  retryNamed: (name: string) => `Retry ${name}`,
  removeNamed: (name: string) => `Remove ${name}`,
  showNamed: (name: string) => `Show ${name}`,
  showExisting: (name: string) => `Show existing photo for ${name}`,
  existingGone: "That photo is no longer in your library.",
  totalProgress: "Total upload progress",
  timeLeft,
  sending: (share: number) => `Uploading ${formatPercent(Math.floor(share * 100) / 100)}`,
  stages: {
    waiting: "Waiting",
    signing: "Preparing…",
    processing: "Processing…",
    ready: "In your library",
    duplicate: "Already in your library",
  },
  sameFile: (name: string | null) => (name === null ? "Same file as another one" : `Same file as ${name}`),
  unreadable: "This file can't be read. It may have been moved or changed: choose it again.",
  missing: "The library no longer has this file. Please add it again.",
  failed: "Upload failed.",

  announcements: {
    started: (count: number) => `Uploading ${photos(count)}.`,
    timeLeft: (minutes: number) => `${timeLeft(minutes)}.`,
    ready: (count: number) => `${photos(count)} added to your library.`,
    moreReady: (count: number) =>
      plural(count, { one: "# more photo added to your library.", other: "# more photos added to your library." }),
    duplicate: (count: number) =>
      plural(count, { one: "# photo was already in your library.", other: "# photos were already in your library." }),
    sameFile: (count: number) => plural(count, { one: "# file was chosen twice.", other: "# files were chosen twice." }),
    rejected: (name: string, reason: string) => `${name} couldn't be processed: ${reason}`,
    failed: (name: string) => `${name} failed to upload.`,
    moreFailures: (count: number) => plural(count, { one: "# more file needs attention.", other: "# more files need attention." }),
  },
} as const;
