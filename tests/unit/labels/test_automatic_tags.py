from chalicelib.labels.automatic_tags import automatic_tags


def test_words_of_all_labelers_but_rekognition_are_automatic() -> None:
    assert {"people", "beagle", "dog", "mountain", "green", "horizontal", "summer"} <= automatic_tags()
    assert "grandma" not in automatic_tags()
