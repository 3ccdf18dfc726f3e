/**
 * What is known of a photo, as names and values to read: of the picture itself, and of how the library processed it.
 */
import { bytesInWords, timeInWords } from "../i18n/common.ts";
import { viewingStrings } from "../i18n/viewer.ts";
import { type Measured, moment, type Photo } from "./photo.ts";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What anybody who may see the photo may know. */
export function facts(photo: Photo): Fact[] {
  return known([
    [viewingStrings.taken, photo.taken_at && timeInWords(moment(photo), "wall")],
    [viewingStrings.received, timeInWords(Date.parse(photo.created_at), "local")],
    [viewingStrings.camera, photo.camera],
    [viewingStrings.size, photo.width && photo.height && viewingStrings.pixels(photo.width, photo.height)],
    [viewingStrings.file, [photo.format, photo.bytes && bytesInWords(photo.bytes)].filter(Boolean).join(", ")],
    [viewingStrings.visibility, isEditable(photo) ? null : photo.status === "public" ? viewingStrings.everyone : viewingStrings.onlyYou],
    [viewingStrings.weight, photo.mine && !isEditable(photo) ? String(photo.weight) : null],
  ]);
}

/** Whether what is said of the photo can be changed by whoever looks at it. */
export function isEditable({ mine, state }: Photo): boolean {
  return mine && state === "ready";
}

/** How the photo came to be what it is; told to its owner alone, and nothing of what was not recorded. */
export function processingFacts({ processing }: Photo): Fact[] {
  if (processing === undefined) return [];
  const { original, resized, size_reduction_percent: saved, duration_ms: took, finished_at: finished, event } = processing;
  return known([
    [viewingStrings.original, original && measured(original)],
    [viewingStrings.resized, resized && measured(resized)],
    [viewingStrings.saved, saved === null ? null : viewingStrings.percent(saved)],
    [viewingStrings.took, took === null ? null : viewingStrings.seconds(took)],
    [viewingStrings.finished, finished && timeInWords(Date.parse(finished), "local")],
    [viewingStrings.eventName, event?.event_name],
    [viewingStrings.eventTime, event?.event_time && timeInWords(Date.parse(event.event_time), "local")],
    [viewingStrings.eventBucket, event?.bucket],
    [viewingStrings.eventKey, event?.key],
    [viewingStrings.eventRegion, event?.region],
  ]);
}

function measured({ width, height, bytes, format }: Measured): string {
  return `${viewingStrings.pixels(width, height)}, ${bytesInWords(bytes)}, ${format}`;
}

function known(said: readonly (readonly [string, string | number | null | undefined])[]): Fact[] {
  return said.flatMap(([name, value]) => (typeof value === "string" && value !== "" ? [{ name, value }] : []));
}
