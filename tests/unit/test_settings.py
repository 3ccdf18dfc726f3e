from dataclasses import MISSING, fields

import pytest

from chalicelib.errors import NotConfigured
from chalicelib.settings import Settings, build_settings, get_stage, parameter_name, variable_name

REQUIRED = [f.name for f in fields(Settings) if f.default is MISSING and f.name != "stage"]
PARAMETERS = {parameter_name(name): f"the {name}" for name in REQUIRED} | {
    "library-owner": "0123456789abcdef" * 2,
    "version-retention-days": "30",
}


def test_settings_come_from_parameters() -> None:
    settings = build_settings("prod", PARAMETERS, {})
    assert settings.stage == "prod"
    assert settings.photos_table == "the photos_table"
    assert (settings.default_status, settings.labeler) == ("private", "vision")


def test_environment_overrides_parameters() -> None:
    settings = build_settings("prod", PARAMETERS, {"TINTYPE_PHOTOS_TABLE": "mine", "PHOTOS_TABLE": "not mine"})
    assert (settings.photos_table, settings.trends_table) == ("mine", "the trends_table")


def test_empty_variable_does_not_override() -> None:
    assert build_settings("prod", PARAMETERS, {"TINTYPE_PHOTOS_TABLE": ""}).photos_table == "the photos_table"


def test_stage_is_not_a_parameter() -> None:
    assert build_settings("prod", PARAMETERS | {"stage": "other"}, {"TINTYPE_STAGE": "other"}).stage == "prod"


def test_unknown_parameters_are_ignored() -> None:
    assert build_settings("prod", PARAMETERS | {"pictures-table": "b"}, {}) == build_settings("prod", PARAMETERS, {})


@pytest.mark.parametrize("key", ["K1", "-----BEGIN PRIVATE KEY-----\n", "K1\n-----BEGIN PUBLIC KEY-----\n"])
def test_invalid_image_key_raises_without_quoting_it(key: str) -> None:
    with pytest.raises(NotConfigured, match="image-key must be the CloudFront key id, a line break") as raised:
        build_settings("prod", PARAMETERS | {"image-key": key}, {})
    assert "BEGIN" not in str(raised.value)


@pytest.mark.parametrize("owner", ["6f1c2d3e-4b5a-4678-9abc-def012345678", "dora@example.org", "0" * 31, "A" * 32])
def test_invalid_library_owner_raises_without_quoting_it(owner: str) -> None:
    with pytest.raises(NotConfigured, match="library-owner must be an owner id") as raised:
        build_settings("prod", PARAMETERS | {"library-owner": owner}, {})
    assert owner not in str(raised.value)


@pytest.mark.parametrize("name", REQUIRED)
def test_missing_setting_raises_not_configured(name: str) -> None:
    parameters = {key: value for key, value in PARAMETERS.items() if key != parameter_name(name)}
    with pytest.raises(NotConfigured) as raised:
        build_settings("prod", parameters, {})
    assert raised.value.missing == (f"/tintype/prod/{parameter_name(name)}",)


def test_one_error_names_every_missing_or_empty_setting() -> None:
    with pytest.raises(NotConfigured) as raised:
        build_settings("prod", {"photos-table": ""}, {"TINTYPE_LINK_SECRET": "s"})
    assert len(raised.value.missing) == len(REQUIRED) - 1
    assert "/tintype/prod/photos-table" in raised.value.missing
    assert "/tintype/prod/link-secret" not in raised.value.missing


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("trends_table", "Internal error: Gallery Trends table not configured"),
        ("photos_table", "Internal error: Gallery Photos table not configured"),
        ("library_owner", "Internal error: library-owner not configured"),
    ],
)
def test_missing_setting_has_its_display_name(missing: str, message: str) -> None:
    parameters = {key: value for key, value in PARAMETERS.items() if key != parameter_name(missing)}
    with pytest.raises(NotConfigured, match=f"^{message}$"):
        build_settings("prod", parameters, {})


def test_first_missing_setting_is_the_trends_table() -> None:
    with pytest.raises(NotConfigured, match="Gallery Trends table"):
        build_settings("prod", {}, {})


def test_names_of_parameter_and_variable() -> None:
    assert (parameter_name("photos_table"), variable_name("photos_table")) == ("photos-table", "TINTYPE_PHOTOS_TABLE")


def test_keys_url_defaults_to_the_issuers_jwks() -> None:
    assert build_settings("prod", PARAMETERS, {}).keys_url == "the identity_issuer/.well-known/jwks.json"
    assert build_settings("prod", PARAMETERS | {"identity-keys-url": "http://here"}, {}).keys_url == "http://here"


def test_second_client_id_is_optional() -> None:
    assert build_settings("prod", PARAMETERS, {}).client_ids == {"the user_pool_client_id"}
    assert build_settings("prod", PARAMETERS | {"pam-client-id": "pam"}, {}).client_ids == {
        "the user_pool_client_id",
        "pam",
    }


def test_missing_stage_raises_with_advice() -> None:
    assert get_stage({"TINTYPE_STAGE": "prod"}) == "prod"
    for environ in ({}, {"TINTYPE_STAGE": ""}):
        with pytest.raises(NotConfigured, match="make run"):
            get_stage(environ)


MODEL = (
    "arn:aws:rekognition:eu-west-1:123456789012:project/my-family/version/my-family.2026-11-01T10.00.00/1793527200000"
)


def test_vision_and_attributes_are_the_default() -> None:
    settings = build_settings("prod", PARAMETERS, {})
    assert (settings.labeler, settings.label_attributes) == ("vision", "yes")
    assert (settings.labels_min_confidence, settings.custom_labels_arn) == (70.0, "")


def test_places_are_found_unless_turned_off() -> None:
    assert build_settings("prod", PARAMETERS, {}).places == "yes"
    assert build_settings("prod", PARAMETERS | {"places": "no"}, {}).places == "no"


def test_settings_select_rekognition() -> None:
    values = {"labeler": "rekognition", "labels-min-confidence": "62.5", "custom-labels-arn": MODEL}
    settings = build_settings("prod", PARAMETERS | values, {})
    assert settings.labeler == "rekognition"
    assert settings.labels_min_confidence == 62.5
    assert settings.custom_labels_arn == MODEL


@pytest.mark.parametrize("value", ["0", "100", "70", "99.95"])
def test_min_confidence_is_a_percentage(value: str) -> None:
    assert build_settings("prod", PARAMETERS, {"TINTYPE_LABELS_MIN_CONFIDENCE": value}).labels_min_confidence == float(
        value
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("labeler", "recognition"),
        ("labeler", "Vision"),
        ("label-attributes", "maybe"),
        ("places", "true"),
        ("inbox-albums", "maybe"),
        ("backup", "daily"),
        ("default-status", "hidden"),
        ("labels-min-confidence", "101"),
        ("labels-min-confidence", "-1"),
        ("labels-min-confidence", "nan"),
        ("labels-min-confidence", "70 %"),
        ("labels-min-confidence", "1e1"),
        ("seconds-between-checks", "-1"),
        ("seconds-between-checks", "inf"),
        ("custom-labels-arn", "my-family"),
        ("custom-labels-arn", MODEL.partition("/version")[0] + "/1793527200000"),
        ("custom-labels-arn", MODEL.replace("rekognition", "s3")),
        ("custom-labels-arn", MODEL + " "),
    ],
)
def test_invalid_value_raises_without_quoting_it(name: str, value: str) -> None:
    with pytest.raises(NotConfigured, match=f"^Internal error: {name} must be ") as raised:
        build_settings("prod", PARAMETERS | {name: value}, {})
    assert raised.value.missing == (f"/tintype/prod/{name}",)
    assert value not in str(raised.value)


def test_one_error_names_every_invalid_setting() -> None:
    with pytest.raises(NotConfigured) as raised:
        build_settings("prod", PARAMETERS | {"labeler": "aws", "labels-min-confidence": "high"}, {})
    assert str(raised.value) == (
        "Internal error: labeler must be vision, rekognition or none; "
        "labels-min-confidence must be a number from 0 to 100."
    )


def test_missing_settings_are_reported_before_invalid_ones() -> None:
    with pytest.raises(NotConfigured, match="Gallery Trends table not configured"):
        build_settings("prod", {"labeler": "aws"}, {})


def test_pace_of_checks_is_a_setting() -> None:
    assert build_settings("prod", PARAMETERS, {}).seconds_between_checks == 0.1
    assert build_settings("prod", PARAMETERS | {"seconds-between-checks": "10"}, {}).seconds_between_checks == 10


def test_bundle_limits_are_settings() -> None:
    settings = build_settings("prod", PARAMETERS | {"bundle-photos": "50", "bundle-volume-bytes": "5000000"}, {})
    assert (settings.bundle_photos, settings.bundle_volume_bytes) == (50, 5_000_000)
    defaults = build_settings("prod", PARAMETERS, {})
    assert (defaults.bundle_photos, defaults.bundle_volume_bytes) == (10_000, 2 * 10**9)


@pytest.mark.parametrize("value", ["0", "-1", "ten", "1e3", "200000"])
def test_invalid_bundle_photos_raises(value: str) -> None:
    with pytest.raises(NotConfigured, match="bundle-photos must be a whole number"):
        build_settings("prod", PARAMETERS | {"bundle-photos": value}, {})


def test_epoch_is_a_date() -> None:
    assert build_settings("prod", PARAMETERS, {}).epoch == "2026-01-01"
    assert build_settings("prod", PARAMETERS | {"epoch": "2033-01-01"}, {}).epoch == "2033-01-01"


@pytest.mark.parametrize("value", ["2033", "2033-13-01", "2033-02-29", "20330101", "2033-01-01T00:00", "tomorrow"])
def test_invalid_epoch_raises(value: str) -> None:
    with pytest.raises(NotConfigured, match="epoch must be a date"):
        build_settings("prod", PARAMETERS | {"epoch": value}, {})
