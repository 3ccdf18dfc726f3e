/**
 * English: the dialog of filters, and the facets of a search.
 */
import { plural } from "../format.ts";

export const english = {
  title: "Filters",
  close: "Close",
  words: "Words",
  wordsHint: "In captions, tags and file names; of your own photos also cameras and places",
  publicWordsHint: "In captions and tags",
  tags: "Tags",
  tagsHint: "Separate tags with commas",
  excluded: "Without tags",
  match: "Photos must have",
  matchAll: "All of the tags",
  matchAny: "Any of the tags",
  dates: "Date taken",
  from: "From",
  to: "To",
  year: "Year",
  datesHint: "Photos without a date count by when they were added.",
  place: "Place",
  camera: "Camera",
  rating: "Rating",
  anyRating: "Any",
  stars: (rating: number) => (rating === 5 ? "5 stars" : plural(rating, { one: "# star or more", other: "# stars or more" })),
  favorites: "Favorites only",
  ownOnly: "Places, cameras, ratings and favorites are for your own photos.",
  clear: "Clear all",
  apply: "Show photos",
  facets: "What was found",
  facetKinds: { tags: "Tags", years: "Years", places: "Places", cameras: "Cameras" },
  counted: (photos: number) =>
    plural(photos, { one: "Counts are of the newest photo found.", other: "Counts are of the newest # photos found." }),
  noFacets: "There is nothing to narrow down.",
  facetCount: (name: string, count: number) => plural(count, { one: `${name}, # photo`, other: `${name}, # photos` }),
} as const;
