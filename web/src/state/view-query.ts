/**
 * A view as parameters of `GET /photos`, which smart albums keep too.
 */
import type { components } from "../api/schema.d.ts";
import { parseAddress } from "./page-address.ts";
import type { View } from "./view.ts";

const LEAST_RATINGS = ["1", "2", "3", "4", "5"] as const;

/** The parameters for the search of a view; those that are null are not sent. */
export function searchQuery({ words, tags, match, excluded, from, to, on, camera, place, favorite, rating, bounds }: View) {
  return {
    q: words.length > 0 ? words.join(" ") : null,
    tag: tags,
    match: tags.length > 1 ? match : null,
    not: excluded,
    from,
    to,
    on,
    camera,
    place,
    favorite: favorite ? ("true" as const) : null,
    rating: LEAST_RATINGS[rating - 1] ?? null,
    bounds: bounds?.join(",") ?? null,
  };
}

/** The parameters that ask for the photos of a view. */
export function viewQuery(view: View) {
  const { state, order, scope } = view;
  return { ...searchQuery(view), state: state === "ready" ? null : state, order: order === "added" ? order : null, scope };
}

/** The search of a smart album: parameters of `GET /photos` by name; of those that may be repeated, a list. */
export type ViewQuery = NonNullable<components["schemas"]["Album"]["query"]>;

/** The parameters that a smart album keeps of a view of the user's own photos. */
export function savedQuery(view: View): ViewQuery {
  const entries = Object.entries(searchQuery(view)).filter(([, value]) => value !== null && value.length > 0);
  return Object.fromEntries(entries);
}

/** The view of the search of a smart album. */
export function queriedView(query: ViewQuery): View {
  const parameters = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  return parseAddress(`?${new URLSearchParams(parameters).toString()}`, true).view;
}
