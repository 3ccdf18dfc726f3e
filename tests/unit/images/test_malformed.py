import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MOST = 400_000_000
SECONDS = 5

# The files are written first, by another process, so that what it took to make them does not count.
WRITE = """
import sys
from pathlib import Path
from tests.support.images import malformed

for number, file in enumerate(malformed.all_files()):
    (Path(sys.argv[1]) / f"{number:03} {file.name}").write_bytes(file.data)
"""
READ = """
import re, sys, time
from pathlib import Path
from chalicelib import images
from chalicelib.errors import Unreadable

for path in sorted(Path(sys.argv[1]).iterdir()):
    before = time.process_time()
    with path.open("rb") as file:
        try:
            images.render(file, path.stat().st_size)
        except Unreadable:
            pass
    peak = 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
    print(peak, time.process_time() - before, path.name)
"""


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="peaks of memory are read from Linux's /proc")
def test_malformed_files_stay_within_memory_and_time(tmp_path: Path) -> None:
    for script in (WRITE, READ):
        child = [sys.executable, "-c", script, str(tmp_path)]
        ran = subprocess.run(child, cwd=ROOT, check=True, capture_output=True, text=True)
    report = [re.fullmatch(r"(\d+) (\S+) (.+)", line) for line in ran.stdout.splitlines()]
    files = [(int(one[1]), float(one[2]), one[3]) for one in report if one]
    assert len(files) == len(list(tmp_path.iterdir())) > 40
    assert not [name for peak, _, name in files if peak > MOST][:1]
    assert not [name for _, seconds, name in files if seconds > SECONDS]
