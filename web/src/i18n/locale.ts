/**
 * The language of the page: one of those it is written in, chosen by the browser's languages.
 *
 * Each language has a folder here with the same files. English is the fallback.
 */

/** The languages of the page; the first is the fallback. */
export const LOCALES = ["en"] as const;
export type Locale = (typeof LOCALES)[number];

/** Returns the first of the preferred languages that is supported, else the fallback. */
export function matchLocale<Supported extends string>(
  languages: readonly string[],
  [fallback, ...others]: readonly [Supported, ...Supported[]],
): Supported {
  const supported = [fallback, ...others];
  for (const language of languages.map(baseLanguage)) {
    const match = supported.find((locale) => locale === language);
    if (match !== undefined) return match;
  }
  return fallback;
}

/** Returns the locale for numbers and dates: the preferred region of the page's language, never another language. */
export function matchFormatLocale(languages: readonly string[], locale: string): string {
  return languages.find((language) => baseLanguage(language) === locale) ?? locale;
}

function baseLanguage(tag: string): string {
  return tag.split("-", 1).join().toLowerCase();
}

export const locale = matchLocale(navigator.languages, LOCALES);
export const formatLocale = matchFormatLocale(navigator.languages, locale);

/** Strings of the same shape as the English ones. */
export type Translation<English> = English extends string
  ? string
  : English extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof English]: Translation<English[Key]> };

type Catalogs<English> = Readonly<{ en: () => English } & Record<Exclude<Locale, "en">, () => Promise<Translation<English>>>>;

/** Loads strings in the page's language; English is part of the page, another language is loaded when it is needed. */
export async function loadStrings<English>(catalogs: Catalogs<English>): Promise<Translation<English>> {
  return (await catalogs[locale]()) as Translation<English>;
}
