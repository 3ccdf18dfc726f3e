"""The properties that sidecars carry, as ElementTree spells them: `{namespace}name`."""

NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    "mediapro": "http://ns.iview-multimedia.com/mediapro/1.0/",
    "fstop": "http://www.fstopapp.com/xmp/",
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
DEFAULT_LANGUAGE = "x-default"


def qualified(name: str) -> str:
    """The name of `prefix:name` as ElementTree spells it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


RDF, DESCRIPTION, ITEM = qualified("rdf:RDF"), qualified("rdf:Description"), qualified("rdf:li")
VALUE, RESOURCE = qualified("rdf:value"), qualified("rdf:resource")

KEYWORDS = qualified("dc:subject")
TITLE, CAPTION, HEADLINE = qualified("dc:title"), qualified("dc:description"), qualified("photoshop:Headline")
RATING, LABEL = qualified("xmp:Rating"), qualified("xmp:Label")
PICK, PICK_LABEL = qualified("xmpDM:pick"), qualified("digiKam:PickLabel")
FAVORITE = qualified("fstop:favorite")  # of F-Stop for Android; PhotoPrism reads it, too
TAKEN, CREATED, DIGITIZED = (
    qualified("exif:DateTimeOriginal"),
    qualified("photoshop:DateCreated"),
    qualified("xmp:CreateDate"),
)
LATITUDE, LONGITUDE = qualified("exif:GPSLatitude"), qualified("exif:GPSLongitude")
# Apple writes positive decimal degrees, and the hemisphere apart, as EXIF does.
LATITUDE_REF, LONGITUDE_REF = qualified("exif:GPSLatitudeRef"), qualified("exif:GPSLongitudeRef")
# From the most specific to the country.
PLACES = tuple(map(qualified, ("Iptc4xmpCore:Location", "photoshop:City", "photoshop:State", "photoshop:Country")))
# Keywords with those above them, and what separates them.
LIGHTROOM_KEYWORDS, DIGIKAM_KEYWORDS = qualified("lr:hierarchicalSubject"), qualified("digiKam:TagsList")
HIERARCHIES = {
    LIGHTROOM_KEYWORDS: "|",
    DIGIKAM_KEYWORDS: "/",
    qualified("MicrosoftPhoto:LastKeywordXMP"): "/",
    qualified("mediapro:CatalogSets"): "|",
}
PICKED = "1"  # of xmpDM:pick, Lightroom's flag, and fstop:favorite
ACCEPTED = "3"  # of digiKam:PickLabel
# Colors that Lightroom, Bridge and digiKam offer as labels: they say nothing of what a photo shows.
COLOR_LABELS = frozenset({
    "red", "orange", "yellow", "green", "blue", "purple", "magenta", "gray", "black", "white",
    "select", "second", "approved", "review", "to do",
})  # fmt: skip
