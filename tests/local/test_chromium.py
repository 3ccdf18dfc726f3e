import sys

import pytest

from local import chromium
from local.errors import Problem


def test_the_browser_that_somebody_chose_is_taken() -> None:
    assert chromium.find({"CHROMIUM": sys.executable}) == sys.executable


def test_a_choice_that_cannot_be_run_is_told() -> None:
    with pytest.raises(Problem, match="/nowhere/chromium cannot be run"):
        chromium.find({"CHROMIUM": "/nowhere/chromium"})
