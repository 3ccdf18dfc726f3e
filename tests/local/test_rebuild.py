"""`make rebuild` on a laptop."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.container import Container
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo
from chalicelib.maintenance.backup_files import saved_fields
from chalicelib.maintenance.rebuild import RebuildReport
from local import rebuild as command
from local.errors import DamagedLibraryError, UserError
from local.ports import Ports, free_ports
from tests.support.images.tiny import encode_image
from tests.support.killable_cloud import Cloud

PORTS = Ports.from_api_port(8000)


class FakeRebuild:
    """A rebuild with this result."""

    def __init__(self, **counts: Any) -> None:
        self.report = RebuildReport("2026-11-28T00:00:00+00:00", 3, 3, **counts)

    def run(self, position: int, written_at: str, time_left: Any) -> RebuildReport:
        assert (position, written_at, time_left() > timedelta(hours=1)) == (0, "", True)
        return self.report


def test_result_is_one_line() -> None:
    lines: list[str] = []
    service: Any = FakeRebuild(restored=7, unchanged=1, without_original=2)
    command.run(service, lines.append)
    assert lines == [
        "The backup of 2026-11-28T00:00:00+00:00: 7 photos restored, 1 unchanged, 2 whose originals are gone."
    ]


def test_photos_that_failed_are_counted_in_a_sentence() -> None:
    service: Any = FakeRebuild(failed=3)
    assert command.run(service, print).startswith("3 photos are busy or failed")


@pytest.mark.parametrize("answer", ["", "n", "no", "later"])
def test_nothing_is_changed_without_a_yes(answer: str) -> None:
    with pytest.raises(UserError, match=r"^Nothing was changed\.$"):
        command.rebuild(Path("missing"), PORTS, yes=False, ask=lambda _: answer)


def test_library_that_never_ran_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="start the library first"):
        command.rebuild(tmp_path, PORTS, yes=True)


def container_of(cloud: Cloud) -> Container:
    """The services of a library on this cloud."""
    return command.container_of(cloud.running)


def ports_with(cloud: Cloud) -> Ports:
    """The ports of a library on this cloud."""
    api, page = free_ports(2)
    return Ports(api, page, cloud.port)


@contextmanager
def restored_environment() -> Iterator[None]:
    """The command tells the AWS clients of its process where the services are: undone at the end of the block."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def environment() -> Iterator[None]:
    """The environment is restored after the test."""
    with restored_environment():
        yield


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cloud, Photo]:
    """A library that was backed up and stopped, and its photo."""
    cloud = Cloud(tmp_path_factory.mktemp("backed-up") / "data", free_ports()[0])
    cloud.start()
    cloud.provision()
    with restored_environment():
        container = container_of(cloud)
        metadata = UploadMetadata("sea.jpg", caption="Low tide")
        key = container.uploads.store_original("owner", metadata, encode_image("blue", size=(40, 30))).key
        container.ingest.reconcile(key, {})
        assert not container.backup.run(lambda: True).failures
        (photo,) = container.photo_scanner.scan(None, 10).rows
    cloud.stop()
    return cloud, photo


def remove_tables(library: Path) -> None:
    """Lose the tables and their copy."""
    for file in list(library.glob("tables.sqlite*")):
        file.unlink()


def leave_a_log(library: Path) -> None:
    """Lose the tables and their copy, but for the log of a library that was killed."""
    remove_tables(library)
    (library / "tables.sqlite-wal").write_bytes(b"log")


def damage_tables(library: Path) -> None:
    """Damage the tables and their copy."""
    for name in ("tables.sqlite", "tables.sqlite.previous"):
        content = (library / name).read_bytes()
        (library / name).write_bytes(content[:100] + bytes(len(content) - 100))


def lose(backed_up: tuple[Cloud, Photo], tmp_path: Path, damage: Callable[[Path], None]) -> Cloud:
    """A copy of the library without its tables."""
    data = tmp_path / "data"
    shutil.copytree(backed_up[0].data, data)
    damage(data / "library")
    return Cloud(data, backed_up[0].port)


@pytest.mark.cloud
@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("damage", [damage_tables, remove_tables, pytest.param(leave_a_log, marks=pytest.mark.proof)])
def test_lost_tables_are_rebuilt_with_the_command_that_the_message_names(
    backed_up: tuple[Cloud, Photo], tmp_path: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    cloud, photo = lose(backed_up, tmp_path, damage), backed_up[1]
    with pytest.raises(DamagedLibraryError, match=f"make rebuild DATA={cloud.data}$"):
        cloud.start()
    cloud.stop()
    command.rebuild(cloud.data, ports_with(cloud), yes=True)
    assert ": 1 photos restored," in capsys.readouterr().out
    cloud.start()
    try:
        (restored,) = container_of(cloud).photo_scanner.scan(None, 10).rows
        assert replace(saved_fields(restored), version=photo.version) == saved_fields(photo)
        status = cloud.client("dynamodb").describe_time_to_live(TableName="tintype-local-photos")
        assert status["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    finally:
        cloud.stop()
    assert not list(cloud.data.glob("library/rebuilt-tables*"))
    assert bool(list(cloud.data.glob("damaged/tables.sqlite*"))) == (damage is not remove_tables)
    with pytest.raises(UserError, match="start it first"):
        command.rebuild(cloud.data, ports_with(cloud), yes=True)


@pytest.mark.cloud
@pytest.mark.usefixtures("environment")
def test_lost_tables_without_a_backup_change_nothing(
    backed_up: tuple[Cloud, Photo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = lose(backed_up, tmp_path, damage_tables)
    monkeypatch.setattr("chalicelib.aws.backup.MANIFEST_KEY", ".tintype/backup/none.json")
    files = sorted(cloud.data.glob("library/*"))
    before = {file: file.read_bytes() for file in cloud.data.glob("library/tables.sqlite*")}
    with pytest.raises(UserError, match=r"^There is no backup in the originals bucket\. Nothing was changed\.$"):
        command.rebuild(cloud.data, ports_with(cloud), yes=True)
    assert sorted(cloud.data.glob("library/*")) == files
    assert {file: file.read_bytes() for file in before} == before
