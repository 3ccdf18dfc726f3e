/**
 * English: the page for guests of a shared link.
 */
import { formatBytes, formatNumber, formatPercent, plural } from "../format.ts";

const photos = (count: number) => plural(count, { one: "# photo", other: "# photos" });

export const english = {
  photos,
  untitled: (count: number) => (count === 1 ? "Shared photo" : "Shared photos"),
  loading: "Loading photos…",
  photoFrom: (day: string) => `Photo from ${day}`,
  photoWithoutDate: "Photo",
  addedBy: (name: string) => `Added by ${name}`,
  slideshow: "Slideshow",
  downloadAll: "Download all",
  addPhotos: "Add photos",
  actions: "Album",
  until: (day: string) => `This link works until ${day}`,
  footer: "Shared with Tintype",
  loadingMore: "Loading more photos…",
  loadMoreFailed: "Couldn't load more photos.",
  tryAgain: "Try again",
  empty: "No photos yet",
  emptyHint: "Photos appear here as soon as somebody adds them.",
  emptyAddHint: "Add the first ones.",
  dropPhotos: "Drop photos to add them",
  dismiss: "Dismiss",
  close: "Close",

  passwordTitle: "This album has a password",
  passwordHint: "Enter the password that you got for this link.",
  password: "Password",
  open: "Open",
  wrongPassword: "That's not the right password.",
  tooManyPasswords: (minutes: number) => `Too many wrong passwords. ${tryAgainIn(minutes)}`,
  tryAgainIn,

  missing: "This link doesn't work",
  missingHint: "It may have been turned off, or part of it is missing. Ask the person who sent it to you for a new one.",
  expired: "This link has expired",
  expiredHint: "Ask the person who sent it to you for a new one.",
  failed: "Couldn't load the photos",
  unreachable: "Couldn't reach the library. Check your connection and try again.",
  offline: "You're offline. The photos will load when you're back online.",
  notLoaded: "Part of the page failed to load. Check your connection and reload the page.",
  busy: "The library is busy. Try again in a moment.",
  unknownError: "Something went wrong. Try again in a moment.",

  viewer: "Photo viewer",
  position: (number: number, total: number) => `${formatNumber(number)} of ${formatNumber(total)}`,
  closeViewer: "Close (Esc)",
  zoom: "Zoom",
  previousPhoto: "Previous photo (←)",
  nextPhoto: "Next photo (→)",
  imageFailed: "The photo couldn't be loaded.",
  play: "Play slideshow",
  pause: "Pause slideshow",
  download: "Download",
  downloadOriginal: "Download original",
  downloadResized: "Download smaller size",
  downloadFailed: "Couldn't download the photo.",

  downloadTitle: "Download all photos",
  downloadHint: { resized: "You get smaller copies of the photos.", original: "You get the originals." },
  preparing: "Preparing…",
  prepared: (done: number, total: number) =>
    `Preparing ${formatNumber(done)} of ${photos(total)}. You can close this: preparing goes on, and “Download all” shows it again.`,
  ready: (count: number, bytes: number) => `${photos(count)}, ${formatBytes(bytes)}`,
  downloadZip: "Download zip",
  downloadVolume: (number: number, total: number) => `Download zip ${number} of ${total}`,
  volumesHint: "Download all of them: each contains a part of the photos.",
  skipped: (count: number) => plural(count, { one: "# photo couldn't be included.", other: "# photos couldn't be included." }),
  downloadedTooOften: "These photos were downloaded too often today. Try again tomorrow.",
  tooManyToDownload: "These are too many photos for one download. Save the ones you like from the viewer.",
  prepareFailed: "Couldn't prepare the download.",
  progress: "Progress of the download",

  uploadTitle: "Add photos",
  reviewHint: "The owner approves new photos before others see them.",
  yourName: "Your name",
  yourNameHint: "Others see it next to your photos.",
  nameMissing: "Enter your name.",
  addFiles: (count: number) => `Add ${photos(count)}`,
  choosePhotos: "Choose photos",
  chooseMore: "Choose more",
  takePhoto: "Take a photo",
  dropHint: "You can also drop photos anywhere on this page.",
  uploads: "Your photos",
  uploading: (done: number, total: number) => `Adding ${formatNumber(Math.min(done + 1, total))} of ${photos(total)}`,
  uploaded: (count: number) => plural(count, { one: "# photo added", other: "# photos added" }),
  waitsForReview: (count: number) => plural(count, { one: "# photo waiting for approval", other: "# photos waiting for approval" }),
  needAttention: (count: number) => plural(count, { one: "# couldn't be added", other: "# couldn't be added" }),
  moreUploads: (count: number) => `and ${formatNumber(count)} more`,
  done: "Done",
  progressOf: (name: string) => `Progress of ${name}`,
  sending: (share: number) => `Uploading ${formatPercent(Math.floor(share * 100) / 100)}`,
  stages: {
    waiting: "Waiting",
    processing: "Processing…",
    ready: "Added",
    pending: "Waiting for approval",
    rejected: "This file couldn't be processed.",
    "same-file": "You already added this photo",
  },
  addedBefore: (count: number) => plural(count, { one: "# photo was already added", other: "# photos were already added" }),
  notPhoto: "This isn't a photo.",
  video: "This is a video: only photos can be added.",
  emptyFile: "This file is empty.",
  unreadable: "This file can't be read. It may have been moved or changed: choose it again.",
  tooLarge: (bytes: number) => `Too large: photos can be up to ${formatMegabytes(bytes)}.`,
  linkIsFull: "This link takes no more photos. Ask the person who sent it to you.",
  noLongerAdds: "This link no longer takes photos.",
  passwordAgain: "Reload the page and enter the password again.",
  uploadFailed: "Upload failed.",
} as const;

/** The largest size of a file, in MB of 1024 × 1024 bytes as limits are. */
function formatMegabytes(bytes: number): string {
  return formatNumber(Math.floor((bytes / 1024 ** 2) * 10) / 10, { style: "unit", unit: "megabyte" });
}

function tryAgainIn(minutes: number): string {
  return `Try again in ${plural(minutes, { one: "# minute", other: "# minutes" })}.`;
}
