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
  scanning: "Scanning folder…",

  addPhotos: (count: number) => `Add ${photos(count)}`,
  morePreviews: (count: number) => `+${formatNumber(count)}`,
  visibility: "Visibility",
  private: "Private",
  privateHint: "Only you",
  privateInAlbumHint: "You and people who see the album",
  publicHint: "Anyone who visits this page",
  addToAlbum: "Add to an album…",
  albumFailed: (reason: string) => `The album wasn't created, so nothing was uploaded. ${reason}`,
  tags: "Tags",
  tagsHint: "Optional. Separate tags with commas: beach, family",
  skipped: (count: number) =>
    plural(count, { one: "# file skipped because it isn't a photo.", other: "# files skipped because they aren't photos." }),
  tooMany: (max: number) => `Only the first ${photos(max)} will be added. Add the rest afterwards.`,
  noneUsable: "None of these files are photos",
  noneFound: "No photos found",
  signInFirst: "Sign in to add photos",
  signInFirstHint: "Photos are added to your own library. Sign in, then choose them again.",
  tooLarge: (megabytes: number) => `Larger than ${megabytes} MB, the maximum for a photo.`,

  uploads: "Uploads",
  uploading: (done: number, total: number) => `Uploading ${formatNumber(Math.min(done + 1, total))} of ${formatNumber(total)}`,
  offline: "Waiting for connection",
  offlineHint: "Uploads will resume automatically.",
  bytes: (sent: number, total: number) => `${formatBytes(sent)} of ${formatBytes(total)}`,
  processingAll: (count: number) => `Processing ${photos(count)}`,
  done: (added: number, existing: number, total: number) => {
    if (existing === 0) return added === total ? `${photos(added)} added` : `${formatNumber(added)} of ${formatNumber(total)} added`;
    const already = `${photos(existing)} already in your library`;
    return added === 0 ? already : `${photos(added)} added, ${formatNumber(existing)} already in your library`;
  },
  needAttention: (count: number) => plural(count, { one: "# needs attention", other: "# need attention" }),
  moreRows: (count: number) => `and ${formatNumber(count)} more`,
  show: "Show",
  collapse: "Collapse uploads",
  expand: "Expand uploads",
  close: "Close uploads",
  clearFinished: "Clear finished",
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
    rejected: (name: string, reason: string) => `${name} couldn't be processed: ${reason}`,
    failed: (name: string) => `${name} failed to upload. You can retry it.`,
    moreFailures: (count: number) => plural(count, { one: "# more file needs attention.", other: "# more files need attention." }),
  },
} as const;
