/**
 * Corrections of the date that photos were taken, as users enter them.
 */
import type { BatchChange } from "./batch-actions.ts";
import { minutesWest } from "./capture-time.ts";
import type { PhotoUpdate } from "./photo-editor.ts";
import { correctedTime, type Photo } from "./photo.ts";

/** How to change the dates of several photos. */
export const DATE_MODES = ["set", "shift", "zone", "reset"] as const;
export type DateMode = (typeof DATE_MODES)[number];

/** The choices of a time zone that are not an offset. */
export const UNKNOWN_ZONE = "unknown";
export const NO_ZONE_CHOSEN = "";

/** The offsets of today's time zones, from west to east. */
export const OFFSETS: readonly string[] = [
  ...["-12:00", "-11:00", "-10:00", "-09:30", "-09:00", "-08:00", "-07:00", "-06:00", "-05:00", "-04:00", "-03:30", "-03:00"],
  ...["-02:30", "-02:00", "-01:00", "+00:00", "+01:00", "+02:00", "+03:00", "+03:30", "+04:00", "+04:30", "+05:00", "+05:30"],
  ...["+05:45", "+06:00", "+06:30", "+07:00", "+08:00", "+08:45", "+09:00", "+09:30", "+10:00", "+10:30", "+11:00", "+12:00"],
  ...["+12:45", "+13:00", "+13:45", "+14:00"],
];

/** The year of the oldest photograph. */
const FIRST_YEAR = 1826;
/** A clock may be up to a day ahead of UTC, ms. */
const MAX_CLOCK_OFFSET = 86_400_000;

/** The values of inputs for a date, a time of day and a time zone; empty if there is none. */
export interface TimeFields {
  readonly date: string;
  readonly time: string;
  readonly zone: string;
}

/** The values of inputs for a span of time. */
export interface ShiftFields {
  readonly back: boolean;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
}

/** The first and the last day that a photo can be from, at a moment in ms since 1970, as ISO dates. */
export function dateLimits(now: number): readonly [string, string] {
  return [`${FIRST_YEAR}-01-01`, new Date(now + MAX_CLOCK_OFFSET).toISOString().slice(0, 10)];
}

/** Whether the API accepts that the photo was taken at a time of its clock, in ms since 1970 on that clock. */
export function isPossibleTime({ offset, created_at: received }: Photo, clock: number): boolean {
  const utc = clock + (offset === null ? 0 : minutesWest(offset) * 60_000);
  return clock >= Date.UTC(FIRST_YEAR) && utc <= Date.parse(received) + MAX_CLOCK_OFFSET;
}

/** The offsets to choose from, with the one that a photo has. */
export function offsetChoices(current: string | null): readonly string[] {
  if (current === null || OFFSETS.includes(current)) return OFFSETS;
  return [...OFFSETS, current].sort((a, b) => minutesWest(b) - minutesWest(a));
}

/** The time of a photo, to the second, as values of inputs. */
export function timeFields({ taken_local: local, offset }: Photo): TimeFields {
  return { date: local?.slice(0, 10) ?? "", time: local?.slice(11, 19) ?? "", zone: offset ?? UNKNOWN_ZONE };
}

/** The update of one photo to the time that was entered; null if it has that time. */
export function timeUpdate(photo: Photo, fields: TimeFields): PhotoUpdate | null {
  const offset = parseZone(fields.zone);
  const local = joinClock(fields, photo.taken_local);
  if (local !== photo.taken_local) return { taken_local: local, offset };
  return offset === photo.offset ? null : { offset };
}

/** The update that returns a photo to the time that it has now. */
export function timeRestoration(photo: Photo): PhotoUpdate {
  return correctedTime(photo) ?? { taken_local: null };
}

/** The change of all photos to the time that was entered; their offsets stay if no zone was chosen. */
export function setTime(fields: TimeFields): BatchChange {
  const local = { action: "set_time", taken_local: joinClock(fields, null) } as const;
  return fields.zone === NO_ZONE_CHOSEN ? local : { ...local, offset: parseZone(fields.zone) };
}

export function setZone({ zone }: TimeFields): BatchChange {
  return { action: "set_offset", offset: parseZone(zone) };
}

/** The seconds that were entered, negative if back. */
export function shiftSeconds({ back, days, hours, minutes }: ShiftFields): number {
  const seconds = ((days * 24 + hours) * 60 + minutes) * 60;
  return back ? -seconds : seconds;
}

function parseZone(zone: string): string | null {
  return zone === UNKNOWN_ZONE ? null : zone;
}

/** The time of a clock; it keeps the previous fraction of a second, which orders a burst, if the time of day is the same. */
function joinClock({ date, time }: TimeFields, previous: string | null): string {
  const seconds = time.length === 5 ? `${time}:00` : time.slice(0, 8);
  return `${date}T${seconds}${previous?.slice(11, 19) === seconds ? previous.slice(19) : ""}`;
}
