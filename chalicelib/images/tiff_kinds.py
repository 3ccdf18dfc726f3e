"""Names of the kinds of TIFF that cannot be processed, for the reason that the owner reads."""

from collections.abc import Sequence

MAX_SAMPLES = 6  # Pillow's limit

_COMPRESSIONS = {
    9: "JBIG",
    10: "JBIG",
    32766: "NeXT",
    32771: "CCITT with word alignment",
    32809: "ThunderScan",
    32895: "IT8",
    32896: "IT8",
    32897: "IT8",
    32898: "IT8",
    32908: "Pixar film",
    32909: "Pixar log",
    33003: "JPEG 2000",
    33005: "JPEG 2000",
    34661: "JBIG",
    34676: "LogLuv",
    34677: "LogLuv",
    34712: "JPEG 2000",
    34887: "LERC",
    34927: "WebP",
    34933: "PNG",
    34934: "JPEG XR",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
_COLORS = {
    4: "transparency mask",
    8: "Lab",
    9: "ICC Lab",
    10: "ITU Lab",
    32844: "LogL",
    32845: "LogLuv",
}
_KNOWN_COLORS = frozenset({0, 1, 2, 3, 5, 6})
_NUMBERS = {2: "signed ", 3: "floating-point ", 5: "complex ", 6: "complex "}
_COMMON_BITS = frozenset({1, 2, 4, 8, 16})


def reason(kind: str) -> str:
    """The reason for a file of this kind."""
    return f"This TIFF is of a kind that cannot be processed: {kind}."


def compression(number: int) -> str:
    """The name of a compression that is not decoded."""
    return _COMPRESSIONS.get(number, f"compression {number}")


def pixels(photometric: int, bits: Sequence[int], sample_format: int) -> str:
    """What is uncommon in pixels of this color space, these bits per sample, and this format of numbers."""
    if photometric not in _KNOWN_COLORS:
        name = _COLORS.get(photometric, f"photometric interpretation {photometric}")
        return f"{name} with {_samples(bits, sample_format)}" if photometric == 8 else name
    return _samples(bits, sample_format)


def _samples(bits: Sequence[int], sample_format: int) -> str:
    numbers = _NUMBERS.get(sample_format, "")
    if len(bits) > MAX_SAMPLES or (max(bits) in _COMMON_BITS and not numbers):
        return f"{len(bits)} {'sample' if len(bits) == 1 else 'samples'} of {max(bits)} bits per pixel"
    return f"{numbers}samples of {max(bits)} bits"
