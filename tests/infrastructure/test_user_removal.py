"""The calls of the schedule's function by `make remove-user`."""

import io
import json
from pathlib import Path
from typing import Any

from infrastructure.deploy import sweep_calls, user_removal
from infrastructure.deploy.target import PROJECT, Target

REPORT = {"api_keys": 0, "photos": 0, "postponed": 0, "is_complete": True}


class Session:
    """A session whose client of Lambda reports that nothing is left; records the clients' read timeouts, in seconds."""

    def __init__(self) -> None:
        self.read_timeouts = list[int]()

    def client(self, service: str, *, config: Any, **_: Any) -> "Session":
        assert service == "lambda"
        self.read_timeouts.append(config.read_timeout)
        return self

    def invoke(self, **_: str) -> dict[str, Any]:
        return {"Payload": io.BytesIO(json.dumps(REPORT).encode())}


def test_slow_run_is_waited_for_and_not_started_again_next_to_itself() -> None:
    session = Session()
    target = Target("prod", "1", "eu-central-1", "aws", session=session, builds_dir=Path("builds"))
    removal = user_removal.Removal("owner", "", user_removal.DELETE, "new_owner")
    assert user_removal._run_slice(target, removal) == REPORT
    functions = json.loads((PROJECT / ".chalice" / "config.json").read_text())["lambda_functions"]
    (timeout,) = session.read_timeouts
    assert timeout >= functions[sweep_calls.SWEEP_HANDLER]["lambda_timeout"] + 20  # and a cold start
