/**
 * English: the page that explores a library.
 */
export const english = {
  title: "Explore",
  favorites: "Favorites",
  own: "Your tags",
  ownPublic: "Tags by people",
  found: "Found in photos",
  places: "Places",
  cameras: "Cameras",
  atLeast: (photos: string) => `${photos} or more`,
  loading: "Loading…",
  empty: "Nothing to explore yet",
  emptyHint: "Tags, places and cameras of photos appear here.",
} as const;
