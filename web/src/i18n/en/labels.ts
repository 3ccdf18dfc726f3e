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
  finished: (count: number, time: string) => `Last updated ${time}: ${photos(count)}`,
  leftOver: (count: number) =>
    plural(count, {
      one: "# photo couldn't be labeled. We'll keep trying.",
      other: "# photos couldn't be labeled. We'll keep trying.",
    }),
} as const;
