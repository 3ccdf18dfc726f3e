import sys

import pytest

from local import chromium
from local.errors import UserError


def test_find_returns_overridden_browser() -> None:
    assert chromium.find({"CHROMIUM": sys.executable}) == sys.executable


def test_find_rejects_override_that_is_not_executable() -> None:
    with pytest.raises(UserError, match="CHROMIUM=/nowhere/chromium is not an executable"):
        chromium.find({"CHROMIUM": "/nowhere/chromium"})
