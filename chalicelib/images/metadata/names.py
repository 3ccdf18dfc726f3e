"""The names of cameras and lenses, which files spell as maker and model."""

import re

MAX_NAME_CHARACTERS = 64

# What cameras write when they do not know the lens: "----", "0.0 mm f/0.0", "Unknown (4 4)", "N/A".
_NO_LENS = re.compile(
    r"[\W_0mf]*|(?:unknown|undefined|no lens|none|null|n/a|not attached|lens not)\b.*", re.ASCII | re.IGNORECASE
)


def camera_name(make: str, model: str) -> str | None:
    """Make and model, such as `Apple iPhone 6`; the make only once, since many models repeat it."""
    first = make.split(" ")[0].casefold()
    words = (model if first and model.casefold().startswith(first) else f"{make} {model}").split()
    while len(words) > 1 and words[0].casefold() == words[1].casefold():
        del words[0]
    return " ".join(words)[:MAX_NAME_CHARACTERS].strip() or None


def lens_name(make: str, model: str) -> str | None:
    """The model, after the make unless the model contains it; None for what stands for an unknown lens."""
    if _NO_LENS.fullmatch(model):
        return None
    first = make.split(" ")[0].casefold()
    return camera_name("" if first in model.casefold() or _NO_LENS.fullmatch(make) else make, model)
