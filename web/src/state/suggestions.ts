/**
 * Suggestions while the user types in the search box: tags, places and cameras of the library, and what the page knows itself: years,
 * favorites, and the search for the words as they are.
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import { fold } from "./search-words.ts";
import { isSameTag } from "./search-terms.ts";
import { addTerm, addWords, type Scope, type View, viewYear, yearView } from "./view.ts";

/** A name of the library, as the API suggests it. */
export interface NameSuggestion {
  readonly kind: "tag" | "place" | "camera";
  readonly name: string;
  readonly count: number;
}

/** What the search box offers; `excluded`: photos with the tag are left out. */
export type Suggestion =
  | (NameSuggestion & { readonly excluded: boolean })
  | { readonly kind: "year" | "words"; readonly name: string }
  | { readonly kind: "favorite" };

/** Names for a text; `rest` is the text before the words that they complete. */
export interface SuggestedNames {
  readonly text: string;
  readonly rest: string;
  readonly items: readonly NameSuggestion[];
}

export type FetchNames = (text: string, scope: Scope) => Promise<readonly NameSuggestion[]>;

/** The pause in typing before a request, ms. */
const DEBOUNCE = 150;
/** The number of characters from which favorites are suggested. */
const MIN_FAVORITE_CHARACTERS = 3;

const NONE: SuggestedNames = { text: "", rest: "", items: [] };
const YEAR = /^(1[89]\d\d|20\d\d)$/;

export class Suggestions extends Observable {
  readonly #fetch: FetchNames;
  readonly #clock: Clock;
  #generation = 0;
  #cancel: (() => void) | null = null;

  current: SuggestedNames = NONE;

  constructor(fetch: FetchNames, clock: Clock) {
    super();
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Requests names for a text after a pause; the previous ones stay until they arrive. */
  suggest(text: string, scope: Scope): void {
    this.#cancel?.();
    const generation = (this.#generation += 1);
    const { name } = parseText(text);
    if (name === "") {
      this.#setCurrent(NONE);
      return;
    }
    this.#cancel = this.#clock.after(DEBOUNCE, () => void this.#load(name, scope, generation));
  }

  /** Names are optional: after an error there are none, and the search still works. */
  async #load(text: string, scope: Scope, generation: number): Promise<void> {
    const found = await this.#find(text, scope).catch(() => ({ ...NONE, text }));
    if (generation === this.#generation) this.#setCurrent(found);
  }

  /** Names for the whole text, else for its last word. */
  async #find(text: string, scope: Scope): Promise<SuggestedNames> {
    const items = await this.#fetch(text, scope);
    const space = text.lastIndexOf(" ");
    if (items.length > 0 || space < 0) return { text, rest: "", items };
    return { text, rest: text.slice(0, space), items: await this.#fetch(text.slice(space + 1), scope) };
  }

  #setCurrent(names: SuggestedNames): void {
    this.current = names;
    this.notifyWatchers();
  }
}

/** What a text asks for: a minus before a tag leaves out the photos with it. */
export function parseText(text: string): { readonly name: string; readonly excluded: boolean } {
  const trimmed = text.trim().replace(/\s+/g, " ");
  const excluded = /^[-\u2212]\S/.test(trimmed);
  return { name: excluded ? trimmed.slice(1).trim() : trimmed, excluded };
}

/** The suggestions for a text in a view, without filters that the view has; the last one is the search for the text itself. */
export function listSuggestions(text: string, names: SuggestedNames, view: View): readonly Suggestion[] {
  const { name, excluded } = parseText(text);
  if (name === "") return [];
  const known = names.items.filter((item) => !isInView(item, view) && !(excluded && item.kind !== "tag"));
  const items = known.map((item) => ({ ...item, excluded }));
  if (excluded) return items;
  const isFavorite =
    view.scope === "mine" && !view.favorite && name.length >= MIN_FAVORITE_CHARACTERS && "favorites".startsWith(fold(name));
  return [
    ...(YEAR.test(name) && viewYear(view) !== name ? [{ kind: "year" as const, name }] : []),
    ...(isFavorite ? [{ kind: "favorite" as const }] : []),
    ...items,
    { kind: "words", name },
  ];
}

/** The view with a suggestion and the words typed before it; without a suggestion, with the words or the excluded tag of the text. */
export function applySuggestion(view: View, text: string, rest: string, suggestion: Suggestion | null): View {
  const { name, excluded } = parseText(text);
  if (suggestion === null || suggestion.kind === "words") {
    return excluded ? addTerm(view, { tag: name, excluded }) : addWords(view, name.split(" "));
  }
  const base = rest === "" ? view : addWords(view, rest.split(" "));
  switch (suggestion.kind) {
    case "tag":
      return addTerm(base, { tag: suggestion.name.toLowerCase(), excluded: suggestion.excluded });
    case "year":
      return yearView(base, suggestion.name);
    case "favorite":
      return { ...base, favorite: true };
    default:
      return { ...base, [suggestion.kind]: suggestion.name };
  }
}

function isInView({ kind, name }: NameSuggestion, view: View): boolean {
  if (kind === "tag") return [...view.tags, ...view.excluded].some((tag) => isSameTag(tag, name));
  return view[kind] !== null && fold(view[kind]) === fold(name);
}
