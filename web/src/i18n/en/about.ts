/**
 * English: library statistics and keyboard shortcuts.
 */
export const english = {
  about: {
    title: "About this library",
    close: "Close",
    loading: "Loading statistics…",
    photos: "Photos",
    originals: "Originals",
    tags: "Tags",
    chart: "Photos by date taken",
    period: "Date",
    empty: "No statistics yet. They appear once there are photos.",
    pending: "Monthly counts are updated regularly and will appear soon.",
    updatedAt: (time: string) => `Monthly counts updated ${time}`,
    busiest: (count: string) => `Busiest: ${count}`,
  },
  shortcuts: {
    title: "Keyboard shortcuts",
    close: "Close keyboard shortcuts",
    keys: [
      ["/", "Search"],
      ["→ ↓", "Go to the photos"],
      ["← → ↑ ↓", "Move between photos"],
      ["Home, End", "Go to the first or last photo"],
      ["Enter", "Open photo"],
      ["s", "Select photo"],
      ["Shift + click", "Select a range"],
      ["Ctrl + A", "Select all photos of the view"],
      ["Ctrl + Z", "Undo the last action"],
      ["Delete", "Move to trash and go on to the next photo, in the viewer"],
      ["Space", "Play or pause the slideshow, in the viewer"],
      ["i", "Show or hide info in the viewer"],
      ["f", "Add to favorites, or remove, in the viewer"],
      ["1–5, 0", "Rate, or remove the rating, in the viewer"],
      ["Esc", "Close, or clear the selection"],
      ["?", "Show keyboard shortcuts"],
    ],
    singleKeys: "Single-key shortcuts",
    singleKeysHint: "Turn these off if voice control or accidental key presses trigger them.",
  },
} as const;
