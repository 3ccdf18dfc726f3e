/**
 * What is typed into the search, as terms: tags with commas between them, a minus before what is not to be there.
 */

export interface SearchTerm {
  readonly tag: string;
  /** Whether photos with that tag are to be left out. */
  readonly excluded: boolean;
}

/** The terms of a text, in their order; empty ones are none. */
export function parseTerms(text: string): SearchTerm[] {
  return text
    .split(",")
    .map(parseTerm)
    .filter(({ tag }) => tag !== "");
}

/** The term that is being typed: the last one, which may still be empty. */
export function lastTerm(text: string): SearchTerm {
  return parseTerm(text.slice(text.lastIndexOf(",") + 1));
}

/** Whether two tags are one: the library keeps them in lower case. */
export function isSameTag(a: string, b: string): boolean {
  return normalizeTag(a) === normalizeTag(b);
}

function parseTerm(text: string): SearchTerm {
  const word = text.trim();
  const excluded = /^[-\u2212]/.test(word);
  return { tag: excluded ? word.slice(1).trim() : word, excluded };
}

function normalizeTag(tag: string): string {
  return tag.normalize("NFKC").trim().toLowerCase();
}
