import platform
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from chalicelib.images import formats
from tests.support.images import samples

ROOT = Path(__file__).parents[3]

PEAK = """
import re, sys
from io import BytesIO
from pathlib import Path
from chalicelib import images
from tests.support.images import camera_files, samples

def render(file):
    images.render(file, file.seek(0, 2))
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = render(BytesIO(samples.encoded(samples.quarters((64, 64)), sys.argv[2])))
print(render(open(sys.argv[1], "rb")) - before)
"""


REMAINING = """
import re, sys
from io import BytesIO
from pathlib import Path
from chalicelib import images
from tests.support.images import samples

def render(file):
    images.render(file, file.seek(0, 2))
    return 1024 * int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = render(BytesIO(samples.encoded(samples.quarters((64, 64)), "AVIF")))
print(render(open(sys.argv[1], "rb")) - before)
"""


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is read from Linux's /proc")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="memory is returned with glibc")
def test_memory_of_decoder_threads_is_returned(tmp_path: Path) -> None:
    noise = Image.effect_noise((1000, 750), 60).convert("RGB").resize((4000, 3000))
    (tmp_path / "original").write_bytes(samples.encoded(noise, "AVIF", speed=10))
    child = [sys.executable, "-c", REMAINING, str(tmp_path / "original")]
    remaining = int(subprocess.run(child, cwd=ROOT, check=True, capture_output=True).stdout)
    assert remaining < 20_000_000


@needs_proc
@pytest.mark.parametrize(
    ("form", "size", "progressive"),
    [
        ("JPEG", (8000, 6000), False),
        ("JPEG", (5000, 4000), True),
        ("PNG", (6000, 4000), False),
        ("WEBP", (4000, 3000), False),
        ("AVIF", (4000, 3000), False),
        ("GIF", (6000, 4000), False),
        ("HEIC", (5000, 4000), False),
        ("TIFF", (6000, 4000), False),
        ("JPEG XL", (4000, 3000), False),
    ],
)
def test_memory_stays_within_the_estimate(tmp_path: Path, form: str, size: tuple[int, int], progressive: bool) -> None:
    picture = Image.new("RGBA" if form == "PNG" else "RGB", size, samples.BLUE)
    options = {"progressive": progressive} if form == "JPEG" else {"method": 0} if form == "WEBP" else {}
    data = samples.encoded(picture, form, exif=samples.exif(6), **options)
    (tmp_path / "original").write_bytes(data)
    child = [sys.executable, "-c", PEAK, str(tmp_path / "original"), form]
    peak = int(subprocess.run(child, cwd=ROOT, check=True, capture_output=True).stdout)
    declared = formats.FORMATS[form].probe(BytesIO(data))
    estimate = declared.bytes_per_pixel * size[0] * size[1] + declared.fixed_bytes
    assert peak < estimate + 30_000_000  # preview and encoders, the same for every size
