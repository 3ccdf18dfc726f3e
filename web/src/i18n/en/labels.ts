/**
 * English: updating labels.
 */
import { formatNumber, plural } from "../format.ts";

const photos = (count: number) => plural(count, { one: "# photo", other: "# photos" });

export const english = {
  close: "Close",
  hint:
    "Your photos are labeled automatically. Update their labels after an upgrade, or after you change how photos are labeled. " +
    "Labels you removed won't come back, and tags you added will stay.",
  loading: "Loading…",
  choice: "Photos to update",
  onlyTag: (tag: string) => `Only photos tagged “${tag}”`,
  update: "Update labels",
  progress: "Updating labels",
  progressOf: (labeled: number, total: number) => `${formatNumber(labeled)} of ${photos(total)}`,
  background: "This continues in the background, so you can close this window.",
  starting: "Starts within a few minutes.",
  /** `tag` is null for all photos. */
  current: (labeled: number, total: number, tag: string | null) => {
    const which = tag === null ? "" : ` tagged “${tag}”`;
    if (total === 0) return `No photos${which} to label.`;
    const have = total === 1 ? "has" : "have";
    const count = labeled < total ? `${formatNumber(labeled)} of ${photos(total)}` : total === 1 ? photos(1) : `All ${photos(total)}`;
    return `${count}${which} ${have} current labels.`;
  },
  finished: (time: string) => `Last updated ${time}`,
  leftOver: (count: number) =>
    plural(count, {
      one: "# photo couldn't be labeled. We'll keep trying.",
      other: "# photos couldn't be labeled. We'll keep trying.",
    }),
} as const;
