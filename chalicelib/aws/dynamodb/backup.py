"""For the backup: its checkpoint among those of the passes, and all rows of the table of albums as plain values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from chalicelib.aws.dynamodb.album_table import AlbumTable
from chalicelib.aws.dynamodb.checkpoints import DynamoCheckpoints, progress_from
from chalicelib.aws.dynamodb.transaction import Tables
from chalicelib.maintenance.backup_files import AlbumRow, BackupCheckpoint, Segment

NAME = "backup"
# An order by hand has up to 35 KB, and a transaction 4 MB.
ROWS_PER_TRANSACTION = 50


@dataclass(frozen=True, slots=True)
class DynamoBackupCheckpoints:
    """`backup_files.BackupCheckpoints` in the trends table."""

    client: Any
    tables: Tables

    def load(self) -> BackupCheckpoint:
        """The checkpoint; an empty one at first."""
        stored = DynamoCheckpoints(self.client, self.tables).load(NAME)
        if stored is None:
            return BackupCheckpoint()
        segments = tuple(Segment(**segment) for segment in stored.pop("segments"))
        return BackupCheckpoint(**stored | {"segments": segments, "progress": progress_from(stored)})

    def save(self, checkpoint: BackupCheckpoint) -> None:
        """Save the checkpoint for the next run."""
        DynamoCheckpoints(self.client, self.tables).save(NAME, checkpoint)


@dataclass(frozen=True, slots=True)
class DynamoAlbumRows:
    """`backup_files.AlbumRows` over the table of albums."""

    table: AlbumTable

    def list_all(self) -> Iterator[AlbumRow]:
        """All rows in any order, by a scan that is eventually consistent, which costs half."""
        return self.table.scan()

    def restore(self, rows: Iterable[AlbumRow]) -> None:
        """Put these rows, fifty in each transaction; others stay."""
        for batch in batched(rows, ROWS_PER_TRANSACTION):
            self.table.transact(*(self.table.put(dict(row)) for row in batch))
