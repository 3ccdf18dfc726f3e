"""Patched MiniStack on 127.0.0.1 with durable state, configured by environment variables.

`GATEWAY_PORT` and `STATE_DIR` (scratch files) are MiniStack's own, the others ours. It exits on SIGTERM
or when the parent process exits; a kill loses nothing that was answered.
"""

import asyncio
import decimal
import os
import signal
import sys
from contextlib import closing
from pathlib import Path

import ministack.app as ministack
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.core import iam_actions, responses
from ministack.services import apigateway_v1, cognito, lambda_svc, sns
from ministack.services.cloudformation import provisioners

from local import parent_process
from local.database import UnusableDatabase, is_missing, open_database
from local.errors import damaged_library_message
from local.log_lines import log_line
from local.ministack import cloudfront_keys, service_state
from local.ministack.access.configuration import access_from_environment
from local.ministack.access.middleware import check_access
from local.ministack.access.unsigned import only_sign_in_unsigned
from local.ministack.api_gateway_import import patch_handle_request
from local.ministack.content_types import patch_service_model
from local.ministack.dynamodb.patches import patch_tables
from local.ministack.dynamodb.store import open_store
from local.ministack.guard import guard
from local.ministack.hypercorn_upgrades import ignore_upgrades
from local.ministack.implicit_flow import patch_authorize, patch_redirect, serve_login
from local.ministack.lost_connections import stop_writing_when_lost
from local.ministack.message_store import SCHEMA
from local.ministack.objects.opening import INDEX
from local.ministack.objects.serving import serve_objects
from local.ministack.pages import patch_login_submit, render_sign_in, serve_icon
from local.ministack.request_bodies import end_unread_bodies
from local.ministack.revocation import patch_token, serve_revocations
from local.ministack.s3_events import patch_events
from local.ministack.sns_delivery import patch_fanout
from local.ministack.sns_subscriptions import patch_list_subscriptions, patch_subscribe, serve_confirmations
from local.ministack.sqs_messages import notice_disconnects, patch_queues
from local.ministack.ssm_paths import patch_resource_arn
from local.ministack.stalled_readers import disconnect_stalled_readers
from local.ministack.state_file import MARKER, StateFile, UnreadableState
from local.ministack.state_saving import StateSaver, save_before_response
from local.ports import HOST

EXIT_REFUSED = 3  # the last line of the output says why
BACKLOG = 1024  # connections that wait to be accepted
SHUTDOWN_TIMEOUT = 1.0  # seconds for open requests: the pollers' long polls are not worth waiting for


def main() -> None:
    """Serve until SIGTERM or until the parent process exits; exits with EXIT_REFUSED if it can't read the library."""
    try:
        _run()
    except (UnreadableState, UnusableDatabase) as error:
        log_line(str(error))
        sys.exit(EXIT_REFUSED)


def _run() -> None:
    # DynamoDB numbers have 38 digits, Python decimals 28 by default: sums of heat must stay exact.
    decimal.DefaultContext.prec = decimal.getcontext().prec = 38
    saver = _restore_state(Path(os.environ["SERVICE_STATE_DIR"]), Path(os.environ["DAMAGED_DIR"]))
    port = int(os.environ["GATEWAY_PORT"])
    apigateway_v1.handle_request = patch_handle_request(apigateway_v1.handle_request)
    provisioners._RESOURCE_HANDLERS |= cloudfront_keys.resource_handlers()
    responses._service_model = patch_service_model(responses._service_model)
    iam_actions.extract_resource_arn = patch_resource_arn(iam_actions.extract_resource_arn)
    cognito._page_shell = render_sign_in
    cognito.handle_oauth2_authorize = patch_authorize(cognito.handle_oauth2_authorize)
    cognito.handle_login_submit = patch_login_submit(cognito.handle_login_submit)
    cognito._oauth2_token = patch_token(cognito._oauth2_token)
    cognito._issue_auth_code_redirect = patch_redirect(cognito._issue_auth_code_redirect)
    sns._fanout = patch_fanout(sns._fanout)
    sns._subscribe = patch_subscribe(sns._subscribe, f"http://{HOST}:{port}")
    sns._list_subscriptions = patch_list_subscriptions(sns._list_subscriptions)
    sns._list_subscriptions_by_topic = patch_list_subscriptions(sns._list_subscriptions_by_topic)
    # MiniStack's functions could run at once: whoever waits for them, as Chalice does, looks again after five seconds.
    lambda_svc._LAMBDA_STATE_TRANSITION_DELAY = 0.0
    patch_events()
    ignore_upgrades()
    disconnect_stalled_readers()
    stop_writing_when_lost()
    damaged = Path(os.environ["DAMAGED_DIR"])
    with (
        closing(open_store(Path(os.environ["TABLES_FILE"]), damaged)) as tables,
        closing(open_database(Path(os.environ["QUEUES_FILE"]), SCHEMA, damaged)) as queues,
    ):
        patch_tables(tables)
        patch_queues(queues)
        asyncio.run(_serve(port, saver))


async def _serve(port: int, saver: StateSaver) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    parent_process.call_on_parent_exit(lambda: loop.call_soon_threadsafe(stopping.set))
    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = SHUTDOWN_TIMEOUT
    config.backlog = BACKLOG
    access = access_from_environment(os.environ)
    services = notice_disconnects(ministack.app)
    if access:
        services = only_sign_in_unsigned(services, lambda pool: cognito._get_pool_unscoped(pool) is not None)
    with serve_objects(services, access) as app:
        app = guard(save_before_response(serve_icon(serve_confirmations(serve_login(serve_revocations(app)))), saver))
        if access:
            app = check_access(app, access)
        await serve(end_unread_bodies(app), config, shutdown_trigger=stopping.wait)
    await saver.save()


def _restore_state(directory: Path, damaged: Path) -> StateSaver:
    """Restore the saved state, or save the state of a new library; raises UnreadableState or OSError."""
    services, inbox = (StateFile(directory / f"{name}.json", damaged) for name in ("services", "inbox"))
    saver = StateSaver(
        {services: service_state.serialize_services, inbox: service_state.serialize_inbox},
        is_incomplete=service_state.is_stack_in_progress,
    )
    if payload := services.read():
        try:
            service_state.restore_services(payload)
        except ValueError as error:
            raise UnreadableState(f"{services.path} can't be read: {error}; nothing was changed.") from error
        _check_databases()
    elif any(directory.parent.glob("*.sqlite*")):
        raise UnreadableState(_missing_message(services.path))
    if payload := inbox.read():
        service_state.restore_inbox(payload)
    elif service_state.has_stacks():
        log_line(f"{MARKER}{inbox.path} and its copy are missing: the inbox is empty.")
    asyncio.run(saver.save())
    return saver


def _check_databases() -> None:
    """Raise UnreadableState if a database is missing with its copy: an empty one would be created instead."""
    if not service_state.has_stacks():
        return
    files = [Path(os.environ[name]) for name in ("TABLES_FILE", "QUEUES_FILE")]
    if access_from_environment(os.environ):  # a rehearsed deployment has MiniStack's own objects
        files.append(Path(os.environ["OBJECTS_DIR"]) / INDEX)
    for file in files:
        if is_missing(file):
            raise UnreadableState(_missing_message(file))


def _missing_message(file: Path) -> str:
    library = Path(os.environ["SERVICE_STATE_DIR"]).parent
    return damaged_library_message(f"{file} and its copy are missing", library)
