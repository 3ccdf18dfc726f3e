/**
 * The filters of a view, one by one, as the page shows them: each can be removed or edited.
 */
import type { components } from "../api/schema.d.ts";
import { fold } from "./search-words.ts";
import { normalizeView, removeTerm, type View, withScope } from "./view.ts";

/** A filter of a view; `name` is what it looks for. */
export type Chip =
  | { readonly kind: "word" | "tag" | "excluded" | "camera" | "place"; readonly name: string }
  | { readonly kind: "dates"; readonly from: string | null; readonly to: string | null }
  /** A day of every year up to a day; null: of any year. */
  | { readonly kind: "on"; readonly day: string; readonly to: string | null }
  | { readonly kind: "rating"; readonly rating: number }
  | { readonly kind: "favorite" | "bounds" };

/** A condition that nothing in a scope matches, as the API reports it: a parameter and its value. */
export type Unmatched = components["schemas"]["Unmatched"];

const PARAMETERS: Readonly<Partial<Record<Chip["kind"], string>>> = {
  word: "q",
  tag: "tag",
  camera: "camera",
  place: "place",
  favorite: "favorite",
  rating: "rating",
};

/** The filters of a view, in the order in which they are shown. */
export function viewChips(view: View): readonly Chip[] {
  const named = (kind: "word" | "tag" | "excluded", names: readonly string[]) => names.map((name) => ({ kind, name }));
  const isUntil = view.on !== null && view.from === null;
  const chips: (Chip | null)[] = [
    ...named("word", view.words),
    ...named("tag", view.tags),
    ...named("excluded", view.excluded),
    isUntil || (view.from === null && view.to === null) ? null : { kind: "dates", from: view.from, to: view.to },
    view.on === null ? null : { kind: "on", day: view.on, to: isUntil ? view.to : null },
    view.place === null ? null : { kind: "place", name: view.place },
    view.camera === null ? null : { kind: "camera", name: view.camera },
    view.favorite ? { kind: "favorite" } : null,
    view.rating === 0 ? null : { kind: "rating", rating: view.rating },
    view.bounds === null ? null : { kind: "bounds" },
  ];
  return chips.filter((chip) => chip !== null);
}

/** A text that is different for each filter of a view. */
export function chipKey(chip: Chip): string {
  return "name" in chip ? `${chip.kind} ${chip.name}` : chip.kind;
}

/** The view without a filter. */
export function removeChip(view: View, chip: Chip): View {
  switch (chip.kind) {
    case "word":
      return normalizeView({ ...view, words: view.words.filter((word) => word !== chip.name) });
    case "tag":
    case "excluded":
      return removeTerm(view, chip.name);
    case "dates":
      return { ...view, from: null, to: null };
    case "on":
      return { ...view, on: null, to: chip.to === null ? view.to : null };
    case "rating":
      return { ...view, rating: 0 };
    case "favorite":
      return { ...view, favorite: false };
    default:
      return { ...view, [chip.kind]: null };
  }
}

/** The filters that are lost if the search goes to the public gallery: those of the user's own photos. */
export function ownChips(view: View): readonly Chip[] {
  const remaining = new Set(viewChips(withScope(view, "public")).map(chipKey));
  return viewChips(view).filter((chip) => !remaining.has(chipKey(chip)));
}

/** The filters that nothing matches, of those in the view. */
export function unmatchedChips(view: View, unmatched: readonly Unmatched[]): readonly Chip[] {
  return viewChips(view).filter((chip) =>
    unmatched.some(({ parameter, value }) => {
      if (PARAMETERS[chip.kind] !== parameter) return false;
      return "name" in chip
        ? fold(chip.name)
            .split(/[^\p{L}\p{M}\p{N}]+/u)
            .includes(fold(value)) || fold(chip.name) === fold(value)
        : true;
    }),
  );
}
