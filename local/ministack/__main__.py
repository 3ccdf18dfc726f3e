"""MiniStack on 127.0.0.1, guarded and saved: `python -m local.ministack`, with what it needs in its environment.

`GATEWAY_PORT`, `STATE_DIR`, `S3_DATA_DIR` are MiniStack's own; `SNAPSHOTS_DIR` is ours. On SIGTERM, or when the process
that started it is gone, it saves and ends.
"""

import asyncio
import decimal
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import ministack.app as ministack
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.core import iam_actions, persistence
from ministack.services import apigateway_v1, s3, sns
from ministack.services.cloudformation import provisioners

from local import lifeline
from local.ministack import cloudfront_keys
from local.ministack.api_gateway_import import importing
from local.ministack.guard import guarded
from local.ministack.mail import keeping
from local.ministack.s3_ranges import cutting
from local.ministack.snapshots import Changes, Snapshots
from local.ministack.sns_subscriptions import asking, confirming, hiding
from local.ministack.ssm_paths import naming
from local.ports import HOST

SAVE_EVERY = 2.0  # seconds, at the most often
GRACE = 1.0  # seconds that open calls get at the end: the pump's long poll is not worth waiting for


def main() -> None:
    """Serve until told to end."""
    # DynamoDB's numbers hold 38 digits, Python's decimals 28 unless told: sums of heat must stay exact.
    decimal.DefaultContext.prec = decimal.getcontext().prec = 38
    snapshots = Snapshots(Path(os.environ["SNAPSHOTS_DIR"]))
    persistence.STATE_DIR = str(snapshots.newest() or os.environ["STATE_DIR"])
    ministack.save_all = lambda _: None  # at its end; the saves here take its place
    apigateway_v1.handle_request = importing(apigateway_v1.handle_request)
    provisioners._RESOURCE_HANDLERS |= cloudfront_keys.handlers()
    iam_actions.extract_resource_arn = naming(iam_actions.extract_resource_arn)
    port = int(os.environ["GATEWAY_PORT"])
    sns._fanout = keeping(sns._fanout)
    s3._get_object = cutting(s3._get_object)
    sns._subscribe = asking(sns._subscribe, f"http://{HOST}:{port}")
    sns._list_subscriptions = hiding(sns._list_subscriptions)
    sns._list_subscriptions_by_topic = hiding(sns._list_subscriptions_by_topic)
    asyncio.run(_serve(port, snapshots, Changes(SAVE_EVERY)))


async def _serve(port: int, snapshots: Snapshots, changes: Changes) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    lifeline.follow(lambda: loop.call_soon_threadsafe(ending.set))
    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = GRACE
    saving = asyncio.create_task(_keep_saving(snapshots, changes))
    app = confirming(guarded(ministack.app, changes.happened), changes.happened)
    await serve(app, config, shutdown_trigger=ending.wait)
    saving.cancel()
    if changes.pending():
        await _save(snapshots, changes)


async def _keep_saving(snapshots: Snapshots, changes: Changes) -> None:
    while True:
        await asyncio.sleep(0.5)
        if changes.due():
            await _save(snapshots, changes)


async def _save(snapshots: Snapshots, changes: Changes) -> None:
    began = time.monotonic()
    try:
        await asyncio.to_thread(snapshots.save, _state(), _write)
    except (OSError, RuntimeError, TypeError) as error:
        print(f"not saved, the snapshot before stays: {error!r}", flush=True)  # the next round tries again
    else:
        changes.saved(began)


def _state() -> dict[str, Any]:
    """Every service's state, copied in the loop that serves the calls: no call stands half done in it."""
    states = {name: copied() for name, copied in ministack._build_persistence_save_dict().items()}
    return {name: state for name, state in states.items() if state is not None}


def _write(directory: Path, service: str, state: Any) -> None:
    """Write one service as MiniStack's own loader reads it."""
    wrapped = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
    text = json.dumps(wrapped, default=persistence._json_default)
    (directory / f"{service}.json").write_text(text)


if __name__ == "__main__":
    main()
