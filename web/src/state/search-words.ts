/**
 * Words of a search, matched as the API does: without case and accents, the last one by its beginning. It decides whether a photo that
 * was changed or added on this page belongs to the results; the API decides everything else.
 */
import { isoDay } from "./dates.ts";
import type { Photo } from "./photo.ts";

const MONTHS = "january february march april may june july august september october november december".split(" ");
const MIN_MONTH_CHARACTERS = 3;
const DATE = /^(1[89]\d\d|20\d\d)-(\d\d)(-(\d\d))?$/;
const YEAR = /^(1[89]\d\d|20\d\d)$/;
/** Letters that are not a letter with an accent in Unicode, but to those who type them without one. */
const PLAIN_LETTERS = new Map(Object.entries({ ø: "o", đ: "d", ð: "d", ł: "l", ħ: "h", æ: "ae", œ: "oe", þ: "th" }));
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}]/u;

/** The text without case and accents. */
export function fold(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toUpperCase()
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[\p{Mn}\p{Cf}]/gu, "");
  return plain.replace(/[øđðłħæœþ]/g, (letter) => PLAIN_LETTERS.get(letter) ?? letter);
}

/** The words of a text: letters and digits in a row, and symbols. */
export function wordsOf(text: string): string[] {
  return fold(text).match(/[\p{L}\p{M}\p{N}]+|\p{So}/gu) ?? [];
}

/** A typed word without punctuation around it; punctuation alone stays. */
export function trimWord(word: string): string {
  return word.replace(/^[^\p{L}\p{M}\p{N}\p{S}]+|[^\p{L}\p{M}\p{N}\p{S}]+$/gu, "") || word;
}

/** Whether a photo has all words of a search; `own`: among the user's own photos, whose private words count. */
export function hasWords(photo: Photo, words: readonly string[], own: boolean): boolean {
  if (words.length === 0) return true;
  const { caption, tags, filename, camera, lens, place } = photo;
  const texts = [caption, ...tags, ...(own ? [filename.replace(/\.\w+$/, ""), camera ?? "", lens ?? "", place ?? ""] : [])];
  const known = texts.flatMap(wordsOf);
  const day = isoDay(photo);
  return words.every((text, index) => {
    if (DATE.test(text)) return day.startsWith(text);
    const parts = wordsOf(text);
    const isLast = index === words.length - 1;
    return parts.every((word, position) => hasWord(known, day, word, isLast && position === parts.length - 1));
  });
}

function hasWord(known: readonly string[], day: string, word: string, isPrefix: boolean): boolean {
  if (YEAR.test(word) && day.startsWith(word)) return true;
  if (namesMonth(word, MONTHS[Number(day.slice(5, 7)) - 1] ?? "", isPrefix)) return true;
  if (UNSPACED.test(word)) return known.some((other) => other.includes(word));
  return known.some((other) => (isPrefix ? other.startsWith(word) : other === word));
}

function namesMonth(word: string, month: string, isPrefix: boolean): boolean {
  if (isPrefix && word.length >= MIN_MONTH_CHARACTERS) return month.startsWith(word);
  return word === month || word === month.slice(0, MIN_MONTH_CHARACTERS);
}
