"""The two viewports, and the marks that select them."""

import pytest
from playwright.sync_api import ViewportSize

DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)

at_both_widths = pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"], indirect=True)
# The other width only in `make proof`: for long tests of functions, while others test the layout at both widths.
on_a_desktop_and_proof_on_a_phone = pytest.mark.parametrize(
    "screen", [DESKTOP, pytest.param(PHONE, marks=pytest.mark.proof)], ids=["desktop", "phone"], indirect=True
)
on_a_phone_and_proof_on_a_desktop = pytest.mark.parametrize(
    "screen", [pytest.param(DESKTOP, marks=pytest.mark.proof), PHONE], ids=["desktop", "phone"], indirect=True
)
on_a_phone = pytest.mark.parametrize(
    "screen", [DESKTOP, pytest.param(PHONE, marks=pytest.mark.proof)], ids=["desktop", "phone"], indirect=True
)
on_a_phone = pytest.mark.parametrize("screen", [PHONE], ids=["phone"], indirect=True)
