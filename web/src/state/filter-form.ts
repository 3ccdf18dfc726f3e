/**
 * The fields of the filter dialog, as text, and the view that they describe.
 */
import { isIsoDate } from "./dates.ts";
import { type Match, normalizeView, type View, viewYear } from "./view.ts";

export interface FilterFields {
  readonly words: string;
  readonly tags: string;
  readonly match: Match;
  readonly excluded: string;
  readonly from: string;
  readonly to: string;
  readonly year: string;
  readonly place: string;
  readonly camera: string;
  /** The least rating, or "0". */
  readonly rating: string;
  readonly favorite: boolean;
}

/** The fields for a view. */
export function filterFields(view: View): FilterFields {
  const year = viewYear(view);
  return {
    words: view.words.join(" "),
    tags: view.tags.join(", "),
    match: view.match,
    excluded: view.excluded.join(", "),
    from: year === null ? (view.from ?? "") : "",
    to: year === null ? (view.to ?? "") : "",
    year: year ?? "",
    place: view.place ?? "",
    camera: view.camera ?? "",
    rating: String(view.rating),
    favorite: view.favorite,
  };
}

/** The view with the filters of the fields; those that the dialog does not have stay. Days win over a year. */
export function filteredView(view: View, fields: FilterFields): View {
  const day = (text: string) => (isIsoDate(text) ? text : null);
  const names = (text: string) => text.split(",").map((name) => name.trim());
  const [from, to] = [day(fields.from), day(fields.to)];
  const year = from === null && to === null && isIsoDate(`${fields.year}-01-01`) ? fields.year : null;
  return normalizeView({
    ...view,
    state: "ready",
    words: fields.words.split(/\s+/),
    tags: names(fields.tags),
    match: fields.match,
    excluded: names(fields.excluded),
    from: year === null ? from : `${year}-01-01`,
    to: year === null ? to : `${year}-12-31`,
    place: fields.place.trim() || null,
    camera: fields.camera.trim() || null,
    rating: Number(fields.rating),
    favorite: fields.favorite,
  });
}
