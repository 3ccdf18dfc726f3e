"""What `docs/operations.md` says in figures and names: it holds of the code and the templates."""

import re
from datetime import timedelta
from pathlib import Path

from chalicelib.settings import Settings
from chalicelib.trends import HOTTEST, heat, start_of

PROJECT = Path(__file__).parents[2]
TOLD = (PROJECT / "docs" / "operations.md").read_text()
PLAIN = re.sub(r"\s+", " ", TOLD)


def test_until_when_newer_photos_weigh_more_is_told() -> None:
    epoch = str(Settings.__dataclass_fields__["epoch"].default)
    assert f"`epoch`, `{epoch}` unless it was set" in PLAIN
    found = re.search(r"([\d,]+) days after the epoch, on (\d{4}-\d\d-\d\d)", PLAIN)
    assert found
    days, day = int(found[1].replace(",", "")), found[2]
    last = start_of(epoch) + timedelta(days=days)
    assert last == start_of(day)
    assert heat(last, start_of(epoch)) < HOTTEST == heat(last + timedelta(days=1), start_of(epoch))
