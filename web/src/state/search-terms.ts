/**
 * The terms of the search field: tags separated by commas, with a minus before excluded ones.
 */

export interface SearchTerm {
  readonly tag: string;
  /** Whether photos with the tag are excluded. */
  readonly excluded: boolean;
}

/** The terms of a text in order, without empty ones. */
export function parseTerms(text: string): SearchTerm[] {
  return text
    .split(",")
    .map(parseTerm)
    .filter(({ tag }) => tag !== "");
}

/** The term being typed: the last one, possibly empty. */
export function lastTerm(text: string): SearchTerm {
  return parseTerm(text.slice(text.lastIndexOf(",") + 1));
}

/** Whether two tags are equal: the library stores them in lowercase. */
export function isSameTag(a: string, b: string): boolean {
  return normalizeTag(a) === normalizeTag(b);
}

function parseTerm(text: string): SearchTerm {
  const word = text.trim();
  const excluded = /^[-\u2212]/.test(word);
  return { tag: excluded ? word.slice(1).trim() : word, excluded };
}

/** A tag as the library stores it. */
export function normalizeTag(tag: string): string {
  return tag.normalize("NFKC").trim().toLowerCase();
}
