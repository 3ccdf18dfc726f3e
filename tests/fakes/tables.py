"""Fakes of everything that a library has in DynamoDB, for the app's container."""

import copy
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR
from chalicelib.aws.clients import Clients
from chalicelib.container import Container
from chalicelib.settings import Settings
from chalicelib.sharing.access import MAX_WRONG_PASSWORDS
from tests.fakes.albums import MemoryAlbumStore
from tests.fakes.api_keys import MemoryApiKeyStore
from tests.fakes.backup import MemoryAlbumRows, MemoryBackupCheckpoints
from tests.fakes.bundle_service import MemoryBundleStore, MemoryMessageLimit
from tests.fakes.members import MemoryMemberStore
from tests.fakes.outages import MemoryOutages
from tests.fakes.photos import MemoryPhotoStore
from tests.fakes.relabelings import MemoryRelabelingStore
from tests.fakes.removals import MemoryRemovalCounter
from tests.fakes.scan import MemoryPhotoScanner
from tests.fakes.shares import MemoryPasswordLimit, MemoryShareStore
from tests.fakes.similarity import MemoryFingerprints

LOCKS = (type(threading.Lock()), type(threading.RLock()))


class MemoryTables:
    """The stores, by their names in the container."""

    def __init__(self) -> None:
        photos = MemoryPhotoStore()
        albums = MemoryAlbumStore(deleted=photos.deleted_albums)
        self.stores: Mapping[str, Any] = {
            **dict.fromkeys(("photos", "collections", "sampling_index", "totals"), photos),
            "photo_scanner": MemoryPhotoScanner(photos),
            "fingerprints": MemoryFingerprints(photos),
            "album_store": albums,
            "album_rows": MemoryAlbumRows(albums),
            "member_store": MemoryMemberStore(albums),
            "share_store": MemoryShareStore(albums.exists),
            "api_key_store": MemoryApiKeyStore(),
            "bundle_store": MemoryBundleStore(),
            "message_limit": MemoryMessageLimit(MAX_MESSAGES_PER_HOUR),
            "warning_limit": MemoryMessageLimit(1, timedelta(days=1)),
            "password_limit": MemoryPasswordLimit(MAX_WRONG_PASSWORDS),
            "outages": MemoryOutages(),
            "relabelings": MemoryRelabelingStore(),
            "removal_counter": MemoryRemovalCounter(),
            "backup_checkpoints": MemoryBackupCheckpoints(),
        }

    def new_container(self, settings: Settings, clients: Clients) -> Container:
        """A container over these stores."""
        made = Container(settings, clients)
        vars(made).update(self.stores)
        return made

    def save(self) -> Any:
        """A copy of what is stored, for `restore`, of these tables or others."""
        stores = {id(store) for store in self.stores.values()}
        data = {
            name: {
                attribute: value
                for attribute, value in vars(store).items()
                if not (isinstance(value, LOCKS) or callable(value) or id(value) in stores)
            }
            for name, store in self.stores.items()
        }
        return copy.deepcopy(data)

    def restore(self, saved: Any) -> None:
        """Replace what is stored with a copy of what was saved."""
        for name, values in copy.deepcopy(saved).items():
            vars(self.stores[name]).update(values)
