/** How abbreviations and names in tags are usually written; the same list as in `chalicelib/util/title_case.py`. */
const spellings =
  "AI ATV BBQ BMW BMX CCTV CD DIY DJ DNA DSLR DVD EU FIFA GMC GPS GT HDR KTM LCD LED LGBT MLB MRI MTB NASA " +
  "NATO NBA NFL NHL NYC PC PDF POV RV SLR SUV TGV TV UAE UEFA UFO UK UNESCO UPS USA USB UTV UV VHS VIP VR VW " +
  "WC WWI WWII YMCA 3D 4K 8K GoPro iMac iPad iPhone iPod IKEA LEGO macOS McDonald's MacBook YouTube";

const byWord = new Map(spellings.split(" ").map((spelling) => [spelling.toLowerCase(), spelling]));

/** The usual spelling of a word of a tag, also in the plural; undefined if it is not known. */
export function knownSpelling(word: string): string | undefined {
  const singular = word.endsWith("s") ? (byWord.get(word.slice(0, -1)) ?? "") : "";
  const hasPlural = singular !== "" && singular === singular.toUpperCase();
  return byWord.get(word) ?? (hasPlural ? `${singular}s` : undefined);
}
