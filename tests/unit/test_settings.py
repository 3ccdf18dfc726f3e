from dataclasses import MISSING, fields

import pytest

from chalicelib.errors import NotConfigured
from chalicelib.settings import Settings, build, parameter_name, stage_of, variable_name

NEEDED = [f.name for f in fields(Settings) if f.default is MISSING and f.name != "stage"]
WHOLE = {parameter_name(name): f"the {name}" for name in NEEDED} | {"library-owner": "0123456789abcdef" * 2}


def test_settings_come_from_the_parameters_of_the_stage() -> None:
    settings = build("prod", WHOLE, {})
    assert settings.stage == "prod"
    assert settings.photos_table == "the photos_table"
    assert (settings.default_status, settings.labeler) == ("private", "local")


def test_the_environment_stands_above_the_parameters() -> None:
    settings = build("prod", WHOLE, {"TINTYPE_PHOTOS_TABLE": "mine", "PHOTOS_TABLE": "not mine"})
    assert (settings.photos_table, settings.trends_table) == ("mine", "the trends_table")


def test_an_empty_variable_hides_nothing() -> None:
    assert build("prod", WHOLE, {"TINTYPE_PHOTOS_TABLE": ""}).photos_table == "the photos_table"


def test_the_stage_is_said_once_and_no_parameter_changes_it() -> None:
    assert build("prod", WHOLE | {"stage": "other"}, {"TINTYPE_STAGE": "other"}).stage == "prod"


def test_parameters_that_nobody_knows_are_let_be() -> None:
    assert build("prod", WHOLE | {"albums-table": "b"}, {}) == build("prod", WHOLE, {})


@pytest.mark.parametrize("owner", ["6f1c2d3e-4b5a-4678-9abc-def012345678", "dora@example.org", "0" * 31, "A" * 32])
def test_a_library_owner_that_is_no_owner_id_is_refused(owner: str) -> None:
    with pytest.raises(NotConfigured, match="library-owner must be an owner id") as problem:
        build("prod", WHOLE | {"library-owner": owner}, {})
    assert owner not in str(problem.value)


@pytest.mark.parametrize("key", ["K1", "-----BEGIN PRIVATE KEY-----\n", "K1\n-----BEGIN PUBLIC KEY-----\n"])
def test_the_key_of_images_is_told_whole_and_never_told_again(key: str) -> None:
    with pytest.raises(NotConfigured, match="image-key must be CloudFront's id of the key, a new line") as problem:
        build("prod", WHOLE | {"image-key": key}, {})
    assert "BEGIN" not in str(problem.value)


@pytest.mark.parametrize("name", NEEDED)
def test_each_setting_without_a_default_is_missed(name: str) -> None:
    parameters = {key: value for key, value in WHOLE.items() if key != parameter_name(name)}
    with pytest.raises(NotConfigured) as problem:
        build("prod", parameters, {})
    assert problem.value.missing == (f"/tintype/prod/{parameter_name(name)}",)


def test_all_that_is_missing_is_told_at_once_and_an_empty_value_is_missing_too() -> None:
    with pytest.raises(NotConfigured) as problem:
        build("prod", {"photos-table": ""}, {"TINTYPE_LINK_SECRET": "s"})
    assert len(problem.value.missing) == len(NEEDED) - 1
    assert "/tintype/prod/photos-table" in problem.value.missing
    assert "/tintype/prod/link-secret" not in problem.value.missing


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("trends_table", "Internal error: Gallery Trends table not configured"),
        ("photos_table", "Internal error: Gallery Photos table not configured"),
        ("library_owner", "Internal error: library-owner not configured"),
    ],
)
def test_what_is_missing_is_called_as_people_call_it(missing: str, sentence: str) -> None:
    parameters = {key: value for key, value in WHOLE.items() if key != parameter_name(missing)}
    with pytest.raises(NotConfigured, match=f"^{sentence}$"):
        build("prod", parameters, {})


def test_a_library_without_any_settings_names_its_trends_table() -> None:
    with pytest.raises(NotConfigured, match="Gallery Trends table"):
        build("prod", {}, {})


def test_a_field_is_a_parameter_and_a_variable() -> None:
    assert (parameter_name("photos_table"), variable_name("photos_table")) == ("photos-table", "TINTYPE_PHOTOS_TABLE")


def test_the_keys_are_where_the_issuer_publishes_them_unless_said_otherwise() -> None:
    assert build("prod", WHOLE, {}).keys_url == "the identity_issuer/.well-known/jwks.json"
    assert build("prod", WHOLE | {"identity-keys-url": "http://here"}, {}).keys_url == "http://here"


def test_tokens_of_the_second_client_are_taken_once_there_is_one() -> None:
    assert build("prod", WHOLE, {}).client_ids == {"the user_pool_client_id"}
    assert build("prod", WHOLE | {"pam-client-id": "pam"}, {}).client_ids == {"the user_pool_client_id", "pam"}


def test_a_process_that_was_not_told_its_stage_says_what_to_do() -> None:
    assert stage_of({"TINTYPE_STAGE": "prod"}) == "prod"
    for nothing in ({}, {"TINTYPE_STAGE": ""}):
        with pytest.raises(NotConfigured, match="make run"):
            stage_of(nothing)


MODEL = (
    "arn:aws:rekognition:eu-west-1:123456789012:project/my-family/version/my-family.2026-11-01T10.00.00/1793527200000"
)


def test_labels_are_found_here_unless_said_otherwise() -> None:
    settings = build("prod", WHOLE, {})
    assert (settings.labeler, settings.labels_min_confidence, settings.custom_labels_arn) == ("local", 70.0, "")


def test_rekognition_is_switched_on_by_settings() -> None:
    said = {"labeler": "rekognition", "labels-min-confidence": "62.5", "custom-labels-arn": MODEL}
    settings = build("prod", WHOLE | said, {})
    assert settings.labeler == "rekognition"
    assert settings.labels_min_confidence == 62.5
    assert settings.custom_labels_arn == MODEL


@pytest.mark.parametrize("value", ["0", "100", "70", "99.95"])
def test_a_confidence_is_a_percentage(value: str) -> None:
    assert build("prod", WHOLE, {"TINTYPE_LABELS_MIN_CONFIDENCE": value}).labels_min_confidence == float(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("labeler", "recognition"),
        ("labeler", "Local"),
        ("default-status", "hidden"),
        ("labels-min-confidence", "101"),
        ("labels-min-confidence", "-1"),
        ("labels-min-confidence", "nan"),
        ("labels-min-confidence", "70 %"),
        ("labels-min-confidence", "1e1"),
        ("custom-labels-arn", "my-family"),
        ("custom-labels-arn", MODEL.partition("/version")[0] + "/1793527200000"),
        ("custom-labels-arn", MODEL.replace("rekognition", "s3")),
        ("custom-labels-arn", MODEL + " "),
    ],
)
def test_a_value_that_makes_no_sense_is_told_by_its_name_alone(name: str, value: str) -> None:
    with pytest.raises(NotConfigured, match=f"^Internal error: {name} must be ") as problem:
        build("prod", WHOLE | {name: value}, {})
    assert problem.value.missing == (f"/tintype/prod/{name}",)
    assert value not in str(problem.value)


def test_all_that_makes_no_sense_is_told_at_once() -> None:
    with pytest.raises(NotConfigured) as problem:
        build("prod", WHOLE | {"labeler": "aws", "labels-min-confidence": "high"}, {})
    assert str(problem.value) == (
        "Internal error: labeler must be local or rekognition; labels-min-confidence must be a number from 0 to 100"
    )


def test_what_is_missing_is_told_before_what_makes_no_sense() -> None:
    with pytest.raises(NotConfigured, match="Gallery Trends table not configured"):
        build("prod", {"labeler": "aws"}, {})


def test_how_much_is_taken_away_at_once_can_be_set() -> None:
    settings = build("prod", WHOLE | {"bundle-photos": "50", "bundle-volume-bytes": "5000000"}, {})
    assert (settings.bundle_photos, settings.bundle_volume_bytes) == (50, 5_000_000)
    assert (build("prod", WHOLE, {}).bundle_photos, build("prod", WHOLE, {}).bundle_volume_bytes) == (10_000, 2 * 10**9)


@pytest.mark.parametrize("value", ["0", "-1", "ten", "1e3", "200000"])
def test_a_number_of_photos_that_makes_no_sense_is_told(value: str) -> None:
    with pytest.raises(NotConfigured, match="bundle-photos must be a whole number"):
        build("prod", WHOLE | {"bundle-photos": value}, {})


def test_the_epoch_is_a_day() -> None:
    assert build("prod", WHOLE, {}).epoch == "2026-01-01"
    assert build("prod", WHOLE | {"epoch": "2033-01-01"}, {}).epoch == "2033-01-01"


@pytest.mark.parametrize("value", ["2033", "2033-13-01", "2033-02-29", "20330101", "2033-01-01T00:00", "tomorrow"])
def test_an_epoch_that_is_no_day_is_told(value: str) -> None:
    with pytest.raises(NotConfigured, match="epoch must be a day"):
        build("prod", WHOLE | {"epoch": value}, {})
