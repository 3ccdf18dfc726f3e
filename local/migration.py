"""Migration of a library of layout 2, which stored all but S3 objects in snapshots as JSON.

The new files are built in `library.part` and become the library by one rename; only then are the old ones moved to
`layout-2`. A migration that is killed starts again from the untouched old files.
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.data_dir import FOLDERS_OF_LAYOUT_2, DataDir, write_layout_version
from local.errors import UserError
from local.files import sync_directory
from local.ministack.dynamodb.takeover import import_tables
from local.ministack.message_store import import_messages
from local.ministack.objects.takeover import adopt_objects
from local.ministack.state_file import StateFile

SERVICES = ("s3", "dynamodb", "sqs", "sns", "ssm", "cognito", "ses", "cloudformation")

type State = dict[str, Any]


def migrate(data_dir: DataDir) -> None:
    """Migrate the directory's library if it is of layout 2, and say so in one line; raises UserError."""
    root = data_dir.root
    old = [root / name for name in FOLDERS_OF_LAYOUT_2 if (root / name).exists()]
    if data_dir.has_layout_2:
        part = DataDir(root / "library.part")
        shutil.rmtree(part.root, ignore_errors=True)
        _build(_read_snapshot(root / "snapshots"), root, part.root)
        os.sync()  # all at once: the old files were never synced
        part.root.rename(data_dir.library)
        sync_directory(root)
        write_layout_version(data_dir)
        data_dir.create_folders()
    if old:
        for folder in old:
            (root / "layout-2").mkdir(mode=0o700, exist_ok=True)
            folder.rename(root / "layout-2" / folder.name)
        sync_directory(root)
        print(f"The library was converted; its old files are kept in {root / 'layout-2'}.", flush=True)


def _build(states: Mapping[str, State], old: Path, library: Path) -> None:
    """Build a library from the states of all services and the old files."""
    paths = DataDir(library.parent)
    services = {name: states[name] for name in SERVICES if name in states}
    tables = {table["TableArn"]: table for table in services["dynamodb"]["state"]["tables"]["data"].values()}
    queues = list(services["sqs"]["state"]["queues"]["data"].values())
    library.mkdir()
    import_tables(library / paths.tables.name, library, tables)
    import_messages(
        library / paths.queues.name, {queue["attributes"]["QueueArn"]: queue["messages"] for queue in queues}
    )
    adopt_objects(old / "objects", library / paths.objects.name)
    for table in tables.values():
        table["items"] = {}
    for queue in queues:
        queue["messages"] = []
    keys = {path.name: path.read_text() for path in (old / "state" / "cognito-pool-keys").glob("*.pem")}
    state = library / paths.state.name
    state.mkdir()
    StateFile(state / "inbox.json", library).write(b"{}")
    StateFile(state / "services.json", library).write(json.dumps(services | {"signing_keys": keys}).encode())


def _read_snapshot(folder: Path) -> Mapping[str, State]:
    """Each service's state with its format version, from the newest snapshot that is readable."""
    for snapshot in sorted((path for path in folder.iterdir() if path.name.isdigit()), reverse=True):
        try:
            states = {path.stem: _read_state(path) for path in snapshot.glob("*.json")}
        except (ValueError, KeyError, TypeError):
            print(f"damaged: {snapshot} is not readable; the snapshot before it is used.", flush=True)
            continue
        if {"dynamodb", "sqs", "ssm", "cognito", "cloudformation"} <= states.keys():
            return states
    raise UserError(f"No snapshot in {folder} is complete and readable; nothing was changed.")


def _read_state(path: Path) -> State:
    saved = json.loads(path.read_bytes())
    return {"version": saved["__ministack_format__"], "state": saved["payload"]}
