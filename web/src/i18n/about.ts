/**
 * What the page says of a library in figures, and of its keyboard shortcuts; loaded with them.
 */
export const aboutStrings = {
  title: "About this library",
  close: "Close",
  loading: "Counting…",
  photos: "Photos",
  bytes: "Originals",
  tags: "Tags",
  chart: "Photos by date taken",
  period: "When",
  empty: "There is nothing to count yet. Figures appear with the first photos.",
  uncounted: "The months are counted from time to time: they will be here before long.",
  asOf: (time: string) => `Months as counted ${time}.`,
  most: (count: string) => `${count} at most`,
} as const;

/** A month in the reader's own manner, or a year. */
export function formatPeriod(period: string): string {
  if (period.length === 4) return period;
  return new Date(`${period}-01`).toLocaleDateString(undefined, { year: "numeric", month: "short", timeZone: "UTC" });
}

export const shortcutStrings = {
  title: "Keyboard shortcuts",
  close: "Close keyboard shortcuts",
  keys: [
    ["/", "Search"],
    ["← → ↑ ↓", "Go through the photos"],
    ["Home, End", "First and last photo"],
    ["Enter", "Open the photo"],
    ["s", "Select the photo"],
    ["Shift", "With a press: select everything in between"],
    ["Ctrl Z", "Undo what was done last"],
    ["i", "Info, while a photo is open"],
    ["Esc", "Close, or end the selection"],
    ["?", "These shortcuts"],
  ],
  single: "Single keys work",
  singleHint: "Off, letters and signs do nothing by themselves: better where speech or a touch may press them.",
} as const;
