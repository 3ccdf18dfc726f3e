import pytest

from chalicelib.images.metadata.names import lens_name


@pytest.mark.parametrize(
    ("make", "model", "lens"),
    [
        ("Apple", "iPhone 6 back camera 4.15mm f/2.2", "Apple iPhone 6 back camera 4.15mm f/2.2"),
        ("OLYMPUS", "OLYMPUS M.17mm F1.8", "OLYMPUS M.17mm F1.8"),
        ("Canon", "EF50mm by Canon", "EF50mm by Canon"),
        ("", "18.0-70.0 mm f/3.5-4.5", "18.0-70.0 mm f/3.5-4.5"),
        ("----", "EF50mm f/1.8 STM", "EF50mm f/1.8 STM"),
        ("Sigma", "x" * 100, "Sigma " + "x" * 58),
        ("Canon", "", None),
        *(("Canon", text, None) for text in ("----", "0.0 mm f/0.0", "0mm", "Unknown", "unknown (4 4)", "N/A", "None")),
    ],
)
def test_lens_has_its_make_once_unless_it_is_unknown(make: str, model: str, lens: str | None) -> None:
    assert lens_name(make, model) == lens
