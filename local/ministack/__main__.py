"""Patched MiniStack on 127.0.0.1 with saved state: `python -m local.ministack`, configured by environment variables.

`GATEWAY_PORT` and `STATE_DIR` are MiniStack's own; `TABLES_FILE`, `QUEUES_FILE`, `OBJECTS_DIR`,
`FREE_SPACE_RESERVE_MB`, `DAMAGED_DIR` and `SNAPSHOTS_DIR` are ours. It saves and exits on SIGTERM or when the parent
process exits.
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
from ministack.services import apigateway_v1, sns
from ministack.services.cloudformation import provisioners

from local import parent_process
from local.database import open_database
from local.ministack import cloudfront_keys
from local.ministack.access.configuration import access_from_environment
from local.ministack.access.middleware import check_access
from local.ministack.api_gateway_import import patch_handle_request
from local.ministack.dynamodb.patches import patch_tables
from local.ministack.dynamodb.store import open_store
from local.ministack.guard import guard
from local.ministack.hypercorn_upgrades import ignore_upgrades
from local.ministack.message_store import SCHEMA
from local.ministack.objects.serving import serve_objects
from local.ministack.s3_events import patch_events
from local.ministack.snapshots import ChangeTracker, Snapshots
from local.ministack.sns_delivery import patch_fanout
from local.ministack.sns_subscriptions import patch_list_subscriptions, patch_subscribe, serve_confirmations
from local.ministack.sqs_messages import notice_disconnects, patch_queues
from local.ministack.ssm_paths import patch_resource_arn
from local.ports import HOST

MIN_SAVE_INTERVAL = 2.0  # seconds
BACKLOG = 1024  # connections that wait to be accepted
SHUTDOWN_TIMEOUT = 1.0  # seconds for open requests: the pollers' long polls are not worth waiting for


def main() -> None:
    """Serve until SIGTERM or until the parent process exits."""
    # DynamoDB numbers have 38 digits, Python decimals 28 by default: sums of heat must stay exact.
    decimal.DefaultContext.prec = decimal.getcontext().prec = 38
    snapshots = Snapshots(Path(os.environ["SNAPSHOTS_DIR"]))
    persistence.STATE_DIR = str(snapshots.latest() or os.environ["STATE_DIR"])
    ministack.save_all = lambda _: None  # replaced by the snapshots here
    port = int(os.environ["GATEWAY_PORT"])
    apigateway_v1.handle_request = patch_handle_request(apigateway_v1.handle_request)
    provisioners._RESOURCE_HANDLERS |= cloudfront_keys.resource_handlers()
    iam_actions.extract_resource_arn = patch_resource_arn(iam_actions.extract_resource_arn)
    sns._fanout = patch_fanout(sns._fanout)
    sns._subscribe = patch_subscribe(sns._subscribe, f"http://{HOST}:{port}")
    sns._list_subscriptions = patch_list_subscriptions(sns._list_subscriptions)
    sns._list_subscriptions_by_topic = patch_list_subscriptions(sns._list_subscriptions_by_topic)
    tables = open_store(Path(os.environ["TABLES_FILE"]), Path(os.environ["DAMAGED_DIR"]))
    queues = open_database(Path(os.environ["QUEUES_FILE"]), SCHEMA, Path(os.environ["DAMAGED_DIR"]))
    patch_tables(tables)
    patch_queues(queues)
    patch_events()
    ignore_upgrades()
    asyncio.run(_serve(port, snapshots, ChangeTracker(MIN_SAVE_INTERVAL)))
    tables.close()
    queues.close()


async def _serve(port: int, snapshots: Snapshots, tracker: ChangeTracker) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    parent_process.call_on_parent_exit(lambda: loop.call_soon_threadsafe(stopping.set))
    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = SHUTDOWN_TIMEOUT
    config.backlog = BACKLOG
    saving = asyncio.create_task(_save_changes(snapshots, tracker))
    access = access_from_environment(os.environ)
    with serve_objects(notice_disconnects(ministack.app), access) as app:
        app = serve_confirmations(guard(app, tracker.record_change), tracker.record_change)
        if access:
            app = check_access(app, access)
        await serve(app, config, shutdown_trigger=stopping.wait)
    saving.cancel()
    if tracker.has_unsaved():
        await _save(snapshots, tracker)


async def _save_changes(snapshots: Snapshots, tracker: ChangeTracker) -> None:
    while True:
        await asyncio.sleep(0.5)
        if tracker.is_save_due():
            await _save(snapshots, tracker)


async def _save(snapshots: Snapshots, tracker: ChangeTracker) -> None:
    started_at = time.monotonic()
    try:
        await asyncio.to_thread(snapshots.save, _copy_state(), _write)
    except (OSError, RuntimeError, TypeError) as error:
        print(f"snapshot failed, retrying soon: {error!r}", flush=True)
    else:
        tracker.record_save(started_at)


def _copy_state() -> dict[str, Any]:
    """A copy of every service's state, taken in the event loop, so that no request is half processed in it."""
    states = {name: copy() for name, copy in ministack._build_persistence_save_dict().items()}
    return {name: state for name, state in states.items() if state is not None}


def _write(directory: Path, service: str, state: Any) -> None:
    """Write one service's state in the format of MiniStack's loader."""
    wrapped = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
    text = json.dumps(wrapped, default=persistence._json_default)
    (directory / f"{service}.json").write_text(text)


if __name__ == "__main__":
    main()
