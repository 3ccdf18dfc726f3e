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

# Renders a small and a large file in a new process; prints by how much the large one raises this figure of the kernel.
RAISED = """
import re, sys
from pathlib import Path
from chalicelib import images

def render(path):
    with open(path, "rb") as file:
        images.render(file, file.seek(0, 2))
    return 1024 * int(re.search(sys.argv[3] + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = render(sys.argv[1])
print(render(sys.argv[2]) - before)
"""


def raised(folder: Path, large: bytes, form: str, figure: str) -> int:
    """The bytes by which rendering this file raises the `figure` of a process that has rendered a small one."""
    (folder / "small").write_bytes(samples.encoded(samples.quarters((64, 64)), form))
    (folder / "large").write_bytes(large)
    child = [sys.executable, "-c", RAISED, str(folder / "small"), str(folder / "large"), figure]
    return int(subprocess.run(child, cwd=ROOT, check=True, capture_output=True).stdout)


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is read from Linux's /proc")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="memory is returned with glibc")
def test_memory_of_decoder_threads_is_returned(tmp_path: Path) -> None:
    noise = Image.effect_noise((1000, 750), 60).convert("RGB").resize((4000, 3000))
    assert raised(tmp_path, samples.encoded(noise, "AVIF", speed=10), "AVIF", "VmRSS") < 20_000_000


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
    picture = Image.new({"PNG": "RGBA", "GIF": "P"}.get(form, "RGB"), size, samples.BLUE)
    options = {"progressive": progressive} if form == "JPEG" else {"method": 0} if form == "WEBP" else {}
    data = samples.encoded(picture, form, exif=samples.exif(6), **options)
    peak = raised(tmp_path, data, form, "VmHWM")
    declared = formats.FORMATS[form].probe(BytesIO(data))
    estimate = declared.bytes_per_pixel * size[0] * size[1] + declared.fixed_bytes
    assert peak < estimate + 30_000_000  # preview and encoders, the same for every size
