"""Fixtures of the image tests."""

import pytest

from chalicelib.images import geometry


@pytest.fixture
def halved(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """If True, images from 640 x 320 pixels on are halved while they are read, like real ones from 3,200 x 1,600 on."""
    if request.param:
        monkeypatch.setattr(geometry, "PREVIEW_SIDE", geometry.PREVIEW_SIDE // 5)
        monkeypatch.setattr(geometry, "SMALL_SIDE", geometry.SMALL_SIDE // 5)
    assert geometry.can_use_half_size((640, 320)) == request.param
    return bool(request.param)
