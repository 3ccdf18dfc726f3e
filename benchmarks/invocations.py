"""Invokes the functions of `app.py` one after the other, as Lambda's runtime does; run in a process of its own.

Reads the path of a control group and a list of invocations from standard input, and prints what each took.
"""

import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks import cpu_share

CONTEXT = SimpleNamespace(
    aws_request_id="bench",
    function_name="bench",
    get_remaining_time_in_millis=lambda: 60_000,
)


def api_event(route: str, query: dict[str, str], token: str = "", body: Any = None, method: str = "GET") -> Any:
    """An event of API Gateway's proxy integration."""
    return {
        "resource": route,
        "path": route,
        "requestContext": {"resourcePath": route, "httpMethod": method, "path": route, "identity": {}},
        "headers": {"accept": "*/*", "content-type": "application/json"}
        | ({"authorization": f"Bearer {token}"} if token else {}),
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def s3_event(bucket: str, key: str) -> Any:
    """An event of the originals bucket."""
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": {"key": key}}}]}


def sqs_event(message: dict[str, Any]) -> Any:
    """An event with one message of the bundles queue."""
    return {
        "Records": [{"body": json.dumps(message), "receiptHandle": "", "attributes": {"ApproximateReceiveCount": "1"}}]
    }


def schedule_event() -> Any:
    """An event of the schedule."""
    names = ("version", "account", "region", "source", "time", "id", "detail-type")
    return dict.fromkeys(names, "") | {"detail": {}, "resources": []}


def main() -> None:
    """Print the figures of the import and of each invocation, and the peak memory in bytes."""
    instructions = json.load(sys.stdin)
    if instructions["group"]:
        cpu_share.join(instructions["group"])
    calls: Counter[str] = Counter()
    started = _clocks()
    import app
    from chalicelib.aws.clients import Clients

    imported = _since(started)
    _count_calls(Clients, calls)
    results = []
    for function, event in instructions["invocations"]:
        calls.clear()
        started = _clocks()
        response = getattr(app, function)(event, CONTEXT)
        results.append(_since(started) | {"calls": dict(calls), "status": (response or {}).get("statusCode", 200)})
        results[-1]["body"] = response["body"] if instructions["bodies"] else ""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak
    report = {"imported": imported, "results": results, "peak": int(peak[1]) * 1024}
    sys.stderr.write(json.dumps(report))  # standard output has the functions' logs


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(started: tuple[float, float]) -> dict[str, Any]:
    return {"ms": (time.perf_counter() - started[0]) * 1000, "cpu_ms": (time.process_time() - started[1]) * 1000}


def _count_calls(clients: Any, calls: Counter[str]) -> None:
    """Count every request to a service, by its name."""
    get, counted = clients.get, set[str]()

    def get_and_count(self: Any, service: str) -> Any:
        client = get(self, service)
        if service not in counted:
            counted.add(service)
            client.meta.events.register("before-send", lambda **_: calls.update([service]))
        return client

    clients.get = get_and_count


if __name__ == "__main__":
    main()
