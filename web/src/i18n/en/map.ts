/**
 * English: the map.
 */
import { plural } from "../format.ts";
import { english as common } from "./common.ts";

export const english = {
  title: "Map",
  label: "Map of your photos. Arrow keys move it, plus and minus zoom.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  world: "Show the whole world",
  zoomTo: (photos: number) => `${common.photos(photos)}: zoom in`,
  open: (photos: number) => `Show ${common.photos(photos)}`,
  inView: (photos: number) => plural(photos, { one: "# photo in view", other: "# photos in view" }),
  empty: "No photos with a position yet",
  emptyHint:
    "Photos that a camera or phone took with GPS appear here, if this library reads positions. Only you see where your photos were taken.",
  signedOut: "Sign in to see the map of your photos.",
  outlines: "Natural Earth",
  places: "GeoNames, CC BY 4.0",
  credits: "Outlines:",
  placeCredits: "Place names:",
} as const;
