from chalicelib.images.metadata.fields import Fields, Source
from chalicelib.images.metadata.merging import Metadata, merge
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure

HERE, THERE = Coordinates(1, 2), Coordinates(3, 4)


def filled(name: str, rating: int, coordinates: Coordinates) -> Fields:
    return Fields(
        camera=f"{name} 1",
        lens=name,
        exposure=Exposure(iso=rating),
        title=name,
        rating=rating,
        keywords=(name,),
        coordinates=coordinates,
        description=name,
    )


def test_facts_of_the_camera_come_from_exif_and_words_of_people_from_xmp() -> None:
    found = [(Source.IPTC, filled("iptc", 3, THERE)), (Source.XMP, filled("xmp", 2, THERE))]
    exif = (Source.EXIF, filled("exif", 1, HERE))
    assert merge([exif, *found]) == Metadata(
        camera="exif 1",
        lens="exif",
        exposure=Exposure(iso=1),
        caption="xmp",
        rating=2,
        keywords=("xmp",),
        coordinates=HERE,
    )
    assert merge([exif, found[0]]).caption == "iptc"
    assert merge([(Source.TEXT, filled("text", 4, THERE)), exif]).caption == "exif"


def test_rating_that_was_removed_in_xmp_does_not_come_back_from_exif() -> None:
    assert merge([(Source.EXIF, Fields(rating=3)), (Source.XMP, Fields(rating=0))]).rating is None


def test_file_that_says_nothing_has_no_metadata() -> None:
    assert merge([]) == merge([(Source.XMP, Fields())]) == Metadata()
