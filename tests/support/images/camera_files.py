"""Photos from real cameras in TINTYPE_SAMPLE_PHOTOS or the default folder; tests that need them skip without."""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("TINTYPE_SAMPLE_PHOTOS", Path(__file__).parents[4] / "shared" / "photos"))
ENDINGS = {".jpg", ".heic", ".tiff"}
PHOTOGRAPHS = sorted(path for path in FOLDER.glob("*") if path.suffix.lower() in ENDINGS)

wanted = pytest.mark.skipif(not PHOTOGRAPHS, reason="no sample photos here (TINTYPE_SAMPLE_PHOTOS)")
