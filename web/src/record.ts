/**
 * What is known of a photo, as names and values to read: of the picture itself, and of how the library processed it.
 */
import { type Measured, moment, type Photo } from "./photo.ts";
import { bytesInWords, strings, timeInWords } from "./strings.ts";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What anybody who may see the photo may know. */
export function facts(photo: Photo): Fact[] {
  return known([
    [strings.taken, photo.taken_at && timeInWords(moment(photo), "wall")],
    [strings.received, timeInWords(Date.parse(photo.created_at), "local")],
    [strings.size, photo.width && photo.height && strings.pixels(photo.width, photo.height)],
    [strings.file, [photo.format, photo.bytes && bytesInWords(photo.bytes)].filter(Boolean).join(", ")],
    [strings.visibility, isEditable(photo) ? null : photo.status === "public" ? strings.everyone : strings.onlyYou],
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
    [strings.original, original && measured(original)],
    [strings.resized, resized && measured(resized)],
    [strings.saved, saved === null ? null : strings.percent(saved)],
    [strings.took, took === null ? null : strings.seconds(took)],
    [strings.finished, finished && timeInWords(Date.parse(finished), "local")],
    [strings.eventName, event?.event_name],
    [strings.eventTime, event?.event_time && timeInWords(Date.parse(event.event_time), "local")],
    [strings.eventBucket, event?.bucket],
    [strings.eventKey, event?.key],
  ]);
}

function measured({ width, height, bytes, format }: Measured): string {
  return `${strings.pixels(width, height)}, ${bytesInWords(bytes)}, ${format}`;
}

function known(said: readonly (readonly [string, string | number | null | undefined])[]): Fact[] {
  return said.flatMap(([name, value]) => (typeof value === "string" && value !== "" ? [{ name, value }] : []));
}
