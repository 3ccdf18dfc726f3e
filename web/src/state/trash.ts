/**
 * When photos in the trash are deleted permanently.
 */
import type { Photo } from "./photo.ts";

const DAY = 24 * 60 * 60 * 1000;

/** How many days a photo stays in the trash, counting the one that has begun; 0 if the time is over, null if it is not there. `now` is in ms since the epoch. */
export function daysLeft({ delete_at: deleteAt }: Pick<Photo, "delete_at">, now: number): number | null {
  return deleteAt === null || deleteAt === undefined ? null : Math.max(0, Math.ceil((Date.parse(deleteAt) - now) / DAY));
}

/** How many days the photo that is deleted first stays in the trash; null if none of them is there. */
export function fewestDaysLeft(photos: readonly Photo[], now: number): number | null {
  return photos.reduce<number | null>((fewest, photo) => {
    const days = daysLeft(photo, now);
    return days === null || (fewest !== null && fewest <= days) ? fewest : days;
  }, null);
}
