/**
 * What is typed into the search, as terms: tags with commas between them, a minus before what is not to be there.
 */

export interface Term {
  readonly tag: string;
  /** Whether photos with that tag are to be left out. */
  readonly without: boolean;
}

/** The terms of a text, in their order; empty ones are none. */
export function readTerms(text: string): Term[] {
  return text
    .split(",")
    .map(readTerm)
    .filter(({ tag }) => tag !== "");
}

/** The term that is being typed: the last one, which may still be empty. */
export function lastTerm(text: string): Term {
  return readTerm(text.slice(text.lastIndexOf(",") + 1));
}

/** Whether two tags are one: the library keeps them in lower case. */
export function sameTag(a: string, b: string): boolean {
  return normal(a) === normal(b);
}

function readTerm(text: string): Term {
  const word = text.trim();
  const without = /^[-\u2212]/.test(word);
  return { tag: without ? word.slice(1).trim() : word, without };
}

function normal(tag: string): string {
  return tag.normalize("NFKC").trim().toLowerCase();
}
