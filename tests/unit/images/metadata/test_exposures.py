import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.images.metadata.exposures import TAGS, exposure_from_tags, parse_exposure
from chalicelib.util.exposure import Exposure

TIME, F_NUMBER, ISO, FOCAL_LENGTH, EQUIVALENT = 0x829A, 0x829D, 0x8827, 0x920A, 0xA405
OUTPUT_SENSITIVITY, EXPOSURE_INDEX, SHUTTER_SPEED, APERTURE = 0x8831, 0x8832, 0x9201, 0x9202
WHOLE = Exposure(time=4_000_000, f_number=178, iso=80, focal_length=596, equivalent_focal_length=2600)


def test_exposure_has_the_units_of_its_fields() -> None:
    numbers = {TIME: 1 / 250, F_NUMBER: 1.78, ISO: 80.0, FOCAL_LENGTH: 5.96, EQUIVALENT: 26.0}
    assert exposure_from_tags(numbers) == WHOLE
    assert parse_exposure("1/250", "178/100", "80", "149/25", "26") == WHOLE
    assert parse_exposure("0.004", "1.78", " 80 ", "5.96", "26") == WHOLE


def test_older_cameras_write_powers_of_two() -> None:
    assert exposure_from_tags({SHUTTER_SPEED: 8.0, APERTURE: 3.0}) == Exposure(time=3_906_250, f_number=283)
    assert exposure_from_tags({SHUTTER_SPEED: -1.0}) == Exposure(time=2_000_000_000)
    numbers = {TIME: 0.25, SHUTTER_SPEED: 8.0, F_NUMBER: 4.0, APERTURE: 3.0}
    assert exposure_from_tags(numbers) == Exposure(time=250_000_000, f_number=400)


@pytest.mark.parametrize(
    ("numbers", "iso"),
    [({ISO: 65535.0, EXPOSURE_INDEX: 102_400.0}, 102_400), ({ISO: 65535.0, OUTPUT_SENSITIVITY: 80_000.0}, 80_000),
     ({ISO: 65535.0}, 65535), ({EXPOSURE_INDEX: 200.0}, 200), ({ISO: 100.0, EXPOSURE_INDEX: 200.0}, 100)],
)  # fmt: skip
def test_iso_that_does_not_fit_its_field_is_in_another(numbers: dict[int, float], iso: int) -> None:
    assert exposure_from_tags(numbers) == Exposure(iso=iso)


def test_what_the_camera_does_not_know_is_unknown() -> None:
    assert exposure_from_tags({}) is exposure_from_tags(dict.fromkeys(TAGS - {SHUTTER_SPEED}, 0.0)) is None
    assert exposure_from_tags({F_NUMBER: 0.0, TIME: 1.0}) == Exposure(time=1_000_000_000)


@pytest.mark.parametrize("text", ["", "0", "1/0", "0/0", "-1", "nan", "inf", "1e3", "1/2/3", "٣", "1" * 13, "9" * 12])
def test_text_that_no_camera_writes_is_unknown(text: str) -> None:
    assert parse_exposure(text, text, text, text, text) is None


@given(st.dictionaries(st.sampled_from(sorted(TAGS)), st.floats()))
def test_any_number_is_unknown_or_within_what_cameras_do(numbers: dict[int, float]) -> None:
    exposure = exposure_from_tags(numbers)
    if exposure is not None:
        assert 0 < (exposure.time or 1) <= 86_400 * 10**9
        assert 0 < (exposure.f_number or 1) <= 100_000
        assert 0 < (exposure.iso or 1) <= 10_000_000
        assert 0 < (exposure.focal_length or 1) <= 10_000_000
        assert 0 < (exposure.equivalent_focal_length or 1) <= 10_000_000
