/**
 * English: downloads of many photos as zip files.
 */
import { formatList, formatNumber, plural } from "../format.ts";
import { english as common } from "./common.ts";

const { photos } = common;

export const english = {
  hint: "Get your photos as zip files. They're prepared in the background, so you can close this and come back later.",
  loading: "Loading tags…",
  close: "Close downloads",
  source: "Photos to download",
  sources: { all: "Everything", dates: "By date", tags: "By tag" },
  days: "Photos taken",
  firstDay: "First day",
  lastDay: "Last day",
  countedAt: (time: string) => `Counts updated ${time}. Downloads include photos added since.`,
  between: (days: string) => `Photos of ${days}`,
  since: (day: string) => `Photos since ${day}`,
  until: (day: string) => `Photos until ${day}`,
  everything: (count: number, bytes: string) => `All ${photos(count)}, ${bytes}`,
  inDownloads: (count: number) => `in ${formatNumber(count)} downloads`,
  /** The others failed. */
  partlyCreated: (count: number) =>
    plural(count, {
      one: "# download is being prepared, the others are not.",
      other: "# downloads are being prepared, the others are not.",
    }),
  problems: {
    "no-tags": "Choose at least one tag, or select photos in your library.",
    "no-dates": "Choose a first or last day, or a year.",
    "reversed-dates": "The first day must not be after the last day.",
  },
  tags: "Photos tagged",
  searchTags: "Search tags",
  moreTags: (count: number) => plural(count, { one: "# more tag. Search to find it.", other: "# more tags. Search to find them." }),
  nothingToDownload: "No photos to download yet. You can download photos by tag, or select them in your library.",
  selectedPhotos: (count: number) => plural(count, { one: "# selected photo", other: "# selected photos" }),
  removeSelectedPhotos: "Remove selected photos",
  album: (title: string) => `Album “${title}”`,
  removeAlbum: "Remove album",
  variant: "Images",
  variants: { original: "Originals", resized: "Resized" },
  sidecars: "Include XMP sidecars",
  sidecarsHint: "Files with captions, tags, ratings, dates and places of your own photos, for Lightroom, digiKam and others",
  anyTag: "Any tag",
  allTags: "All tags",
  notifyMe: "Notify me when it's ready",
  channels: {
    none: ["Don't notify me", "Check back here"],
    email: ["Email", "To your address"],
    sms: ["Text message", "To your phone"],
  },
  channelNames: { email: "email", sms: "text message" },
  channelUnavailable: "Not verified in your account",
  pending: {
    email: (address: string) => `Confirm your address first: follow the link in the email sent to ${address}.`,
    sms: (address: string) => `${address} isn't confirmed yet.`,
  },
  confirmed: (addresses: readonly string[]) => `We'll notify ${formatList(addresses, "conjunction")}.`,
  untilConfirmed: (addresses: readonly string[]) => `Until then, we'll notify ${formatList(addresses, "conjunction")}.`,
  unsubscribe: "Turn off notifications",
  prepare: "Prepare download",
  list: "Your downloads",
  bundleTitle: (count: number, bytes: string) => `${photos(count)}, ${bytes}`,
  states: {
    queued: "Waiting to start.",
    building: "Preparing.",
    ready: "Ready.",
    failed: "Couldn't be prepared.",
    expired: "Expired. Prepare it again to download.",
  },
  building: (done: number, total: number) => `Preparing ${formatNumber(done)} of ${photos(total)}.`,
  availableUntil: (time: string) => `Available until ${time}`,
  downloadZip: "Download zip",
  downloadVolume: (number: number, total: number) => `Download zip ${number} of ${total}`,
  skipped: (count: number) => plural(count, { one: "# photo skipped", other: "# photos skipped" }),
  remove: "Remove",
  cancelNamed: (name: string) => `Cancel download from ${name}`,
  removeNamed: (name: string) => `Remove download from ${name}`,
  cancelPrompt: "Stop preparing this download? Zip files that are ready are deleted too. Your photos stay in the library.",
  cancelDownload: "Stop preparing",
  removePrompt: "Remove this download? Links to its zip files stop working. Your photos stay in the library.",
  removeDownload: "Remove download",
  removed: "Download removed.",
} as const;
