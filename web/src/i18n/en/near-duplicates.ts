/**
 * English: near-duplicates.
 */
import { formatNumber } from "../format.ts";
import { english as common } from "./common.ts";

const { photos } = common;

export const english = {
  title: "Similar photos",
  close: "Close similar photos",
  hint:
    "Photos that look almost the same. We suggest the one with the most pixels; at equal size, one with the camera's data. " +
    "Choose which ones to keep; nothing is moved until you say so.",
  copyTags: "Add the tags of photos you don't keep to the ones you do",
  loading: "Looking for similar photos…",
  empty: "No similar photos.",
  notCompared: "Your photos haven't been compared yet. Check back in a few minutes.",
  comparedAt: (time: string) => `Photos compared ${time}`,
  group: (count: number, day: string) => `${formatNumber(count)} similar photos, ${day}`,
  keep: "Keep",
  trash: "Trash",
  keepNamed: (name: string) => `Keep ${name}`,
  details: (width: number, height: number, bytes: string) => `${formatNumber(width)} × ${formatNumber(height)}, ${bytes}`,
  suggested: "Suggested",
  view: "View",
  viewNamed: (name: string) => `View ${name} in a new tab`,
  move: (count: number) => `Move ${photos(count)} to trash`,
  moveAll: (count: number) => `Move all ${photos(count)} to trash`,
  keepAll: "Keep all",
  allStay: "All are kept. This group won't be shown again.",
  moved: (count: number) => `${photos(count)} moved to trash.`,
  undone: "Undone.",
  undo: "Undo",
  more: "Show more",
} as const;
