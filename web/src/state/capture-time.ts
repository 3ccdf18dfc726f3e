/**
 * When a photo was taken: what the camera's clock showed and, if it is known, the clock's offset from UTC. Days, months and
 * order follow the clock.
 */

/** A clock's time like `2026-03-14T23:30:00.450`, and its offset from UTC like `-08:00`; null if that is unknown. */
export interface CaptureTime {
  readonly taken_local: string;
  readonly offset: string | null;
}

/** Sorts after every known offset. */
const UNKNOWN_WEST = 24 * 60;

/** The time of a clock as ms since 1970 on that clock. */
export function parseClock(local: string): number {
  return Date.parse(`${local}Z`);
}

/** Minutes that an offset is west of UTC. */
export function minutesWest(offset: string | null): number {
  if (offset === null) return UNKNOWN_WEST;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return offset.startsWith("-") ? minutes : -minutes;
}
