"""Tags as they are displayed: each word capitalized, abbreviations and names as they are usually written."""

import unicodedata

# The page has the same list (web/src/i18n/spellings.ts). Left out is what is also a common word: it, us, who, ice, raw.
SPELLINGS = (
    "AI ATV BBQ BMW BMX CCTV CD DIY DJ DNA DSLR DVD EU FIFA GMC GPS GT HDR KTM LCD LED LGBT MLB MRI MTB NASA NATO NBA "
    "NFL NHL NYC PC PDF POV RV SLR SUV TGV TV UAE UEFA UFO UK UNESCO UPS USA USB UTV UV VHS VIP VR VW WC WWI WWII YMCA "
    "3D 4K 8K GoPro iMac iPad iPhone iPod IKEA LEGO macOS McDonald's MacBook YouTube"
)
_BY_WORD = {spelling.casefold(): spelling for spelling in SPELLINGS.split()}


def title_case(tag: str) -> str:
    """A tag with each word capitalized, unless that would be another tag; letters after `'` stay lowercase.

    Known abbreviations and names are written as usual, also in the plural: `SUV`, `SUVs`.
    """
    return " ".join(map(_capitalize, tag.split(" ")))


def _capitalize(word: str) -> str:
    if word in _BY_WORD:
        return _BY_WORD[word]
    if word.endswith("s") and (singular := _BY_WORD.get(word[:-1], "")).isupper():
        return f"{singular}s"
    capitalized = word[:1].upper() + word[1:]
    # The dotless i of Turkish becomes an I, which is the capital of another letter.
    return capitalized if unicodedata.normalize("NFKC", capitalized.casefold()) == word else word
