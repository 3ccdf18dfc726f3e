import json
import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "benchmarks" / "README.md").read_text()
CONFIG = json.loads((PROJECT / ".chalice" / "config.json").read_text())["lambda_functions"]


def test_memory_of_every_function_is_explained() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) MB \| ([\d,]+) s \| (.+) \|$", README, re.MULTILINE)
    explained = {name: (int(memory.replace(",", "")), int(timeout)) for name, memory, timeout, _ in rows}
    assert explained == {name: (each["lambda_memory_size"], each["lambda_timeout"]) for name, each in CONFIG.items()}
    assert all(len(reason) > 50 for *_, reason in rows)
