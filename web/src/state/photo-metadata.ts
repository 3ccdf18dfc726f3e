/**
 * The metadata of a photo as names and values: of the image, and of its processing.
 */
import { formatCaptureTime } from "../i18n/dates.ts";
import { formatBytes, formatDateTime } from "../i18n/format.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import { parseClock } from "./capture-time.ts";
import { captureTime, type Exposure, type ImageInfo, isCorrected, type Photo } from "./photo.ts";

/** The largest reduction displayed, percent: no image has 0 bytes. */
const MAX_REDUCTION = 99.9;

export interface MetadataEntry {
  readonly name: string;
  readonly value: string;
}

/** Metadata for everyone who may see the photo. */
export function photoMetadata(photo: Photo): MetadataEntry[] {
  return presentEntries([
    [viewerStrings.taken, takenText(photo)],
    [viewerStrings.utc, photo.taken_at && formatCaptureTime(Date.parse(photo.taken_at), null)],
    [viewerStrings.received, formatDateTime(Date.parse(photo.created_at))],
    [viewerStrings.camera, photo.camera],
    [viewerStrings.lens, photo.lens],
    [viewerStrings.exposure, photo.exposure && exposureText(photo.exposure)],
    [viewerStrings.focalLength, photo.exposure && focalLengthText(photo.exposure)],
    [viewerStrings.dimensions, photo.width && photo.height && viewerStrings.pixels(photo.width, photo.height)],
    [viewerStrings.file, [photo.format, photo.bytes && formatBytes(photo.bytes)].filter(Boolean).join(", ")],
    [viewerStrings.note, photo.incomplete === true && viewerStrings.incomplete],
    [viewerStrings.visibleTo, isEditable(photo) ? null : visibility(photo)],
    [viewerStrings.weight, photo.mine && !isEditable(photo) ? String(photo.weight) : null],
  ]);
}

/** Whether the user may edit the photo. */
export function isEditable({ mine, state }: Photo): boolean {
  return mine && state === "ready";
}

/** Metadata of the processing, for the owner only; without what was not recorded. */
export function processingMetadata({ processing }: Photo): MetadataEntry[] {
  if (processing === undefined) return [];
  const { original, resized, size_reduction_percent: reduction, duration_ms: took, finished_at: finished, event } = processing;
  return presentEntries([
    [viewerStrings.original, original && imageSummary(original)],
    [viewerStrings.resized, resized && imageSummary(resized)],
    [viewerStrings.sizeReduction, reduction === null ? null : viewerStrings.percent(Math.min(reduction, MAX_REDUCTION))],
    [viewerStrings.duration, took === null ? null : viewerStrings.seconds(took)],
    [viewerStrings.finished, finished && formatDateTime(Date.parse(finished))],
    [viewerStrings.eventName, event?.event_name],
    [viewerStrings.eventTime, event?.event_time && formatDateTime(Date.parse(event.event_time))],
  ]);
}

function exposureText({ time, f_number, iso }: Exposure): string {
  return [
    time === null ? "" : viewerStrings.exposureTime(time),
    f_number === null ? "" : viewerStrings.aperture(f_number),
    iso === null ? "" : viewerStrings.iso(iso),
  ]
    .filter(Boolean)
    .join(", ");
}

function focalLengthText({ focal_length, equivalent_focal_length }: Exposure): string | null {
  const equivalent = equivalent_focal_length === null ? "" : viewerStrings.equivalentFocalLength(equivalent_focal_length);
  if (focal_length === null) return equivalent;
  const text = viewerStrings.millimeters(focal_length);
  return equivalent === "" || equivalent_focal_length === focal_length ? text : `${text} (${equivalent})`;
}

function takenText(photo: Photo): string | null {
  const time = captureTime(photo);
  if (time === null) return null;
  const text = formatCaptureTime(parseClock(time.taken_local), time.offset);
  return isCorrected(photo) ? viewerStrings.corrected(text) : text;
}

function imageSummary({ width, height, bytes, format }: ImageInfo): string {
  return `${viewerStrings.pixels(width, height)}, ${formatBytes(bytes)}, ${format}`;
}

function presentEntries(pairs: readonly (readonly [string, string | number | false | null | undefined])[]): MetadataEntry[] {
  return pairs.flatMap(([name, value]) => (typeof value === "string" && value !== "" ? [{ name, value }] : []));
}

/** Who sees a photo; a private one of somebody else is seen in an album. */
function visibility({ status, mine }: Photo): string {
  if (status === "public") return viewerStrings.everyone;
  return mine ? viewerStrings.onlyYou : viewerStrings.albumMembers;
}
