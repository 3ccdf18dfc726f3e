/**
 * English: the scrubber of the timeline.
 */
export const english = {
  label: "Go to a month",
} as const;
