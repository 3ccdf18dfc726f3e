"""The fields of tickets."""

from tests.cli.imports.sources import photo
from tintype_cli.imports.fields import ticket_fields, with_photo_id, without_field


def test_only_what_is_known_is_sent() -> None:
    assert ticket_fields(photo("a.jpg"), "00", "p1", []).body == {
        "filename": "a.jpg",
        "bytes": 5,
        "sha256": "00",
        "photo_id": "p1",
    }


def test_what_does_not_fit_is_cut_and_named() -> None:
    details = photo("a.jpg", tags=(*(f"t{n}" for n in range(25)), "T1", "x" * 65, " "), caption="x" * 2500)
    fields = ticket_fields(details, "00", "p1", [f"a{n}" for n in range(22)])
    assert fields.body["tags"] == [f"t{n}" for n in range(20)]
    assert (len(fields.body["caption"]), len(fields.body["albums"])) == (2000, 20)
    assert fields.left_out == (
        "Tags of more than 64 characters were left out: 1.",
        "A photo can have 20 tags; left out: t20, t21, t22, t23, t24.",
        "The caption was cut after 2,000 of 2,500 characters.",
        "A photo can be in 20 albums, and this one is in 22: in the first.",
    )


def test_tags_that_the_library_refuses_are_left_out_without_the_others() -> None:
    fields = ticket_fields(photo("a.jpg", tags=("!a", "ok", "\uff0ab", "*")), "00", "p1", [])
    assert (fields.body["tags"], fields.left_out) == (["ok"], ("Tags that begin with * or ! were left out: 3.",))


def test_text_that_is_no_unicode_can_be_sent() -> None:
    body = ticket_fields(photo("a.jpg", caption="a\ud800b", tags=("\udfff",)), "00", "p1", []).body
    assert (body["caption"], body["tags"]) == ("a\ufffdb", ["\ufffd"])


def test_refused_details_are_left_out_but_not_the_file() -> None:
    taken = photo("a.jpg", taken_local="2999-01-01T00:00:00", offset="+01:00", rating=3)
    fields = ticket_fields(taken, "00", "p1", [])
    changed = without_field(fields, "taken_local", "It is in the future.")
    assert changed is not None
    assert changed.body.keys() & {"taken_local", "offset", "rating"} == {"rating"}
    assert changed.left_out == ("taken_local was left out: It is in the future.",)
    assert without_field(fields, "bytes", "Too large.") is without_field(fields, "caption", "No.") is None


def test_other_id_is_named() -> None:
    fields = with_photo_id(ticket_fields(photo("a.jpg"), "00", "p1", []), "p2", "Taken.")
    assert (fields.body["photo_id"], fields.left_out) == ("p2", ("Taken.",))


def test_position_is_sent_and_left_out_if_the_library_refuses_it() -> None:
    fields = ticket_fields(photo("a.jpg", latitude=0.0, longitude=-9.1), "00", "p1", [])
    assert (fields.body["coordinates"], fields.left_out) == ({"latitude": 0.0, "longitude": -9.1}, ())
    changed = without_field(fields, "coordinates", "No positions.")
    assert changed is not None
    assert ("coordinates" in changed.body, changed.left_out) == (False, ("coordinates was left out: No positions.",))
