from collections.abc import Callable
from pathlib import Path

import pytest

from local import files
from local.ministack.state_file import StateFile, UnreadableState

type Damage = Callable[[Path], None]


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garble(path: Path) -> None:
    path.write_bytes(bytes(byte ^ 0x5A for byte in path.read_bytes()))


def change_one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)


DAMAGES = [cut_in_half, empty, garble, change_one_byte, Path.unlink]


def new_file(tmp_path: Path, *payloads: bytes) -> StateFile:
    file = StateFile(tmp_path / "state" / "users.json", tmp_path / "damaged")
    file.path.parent.mkdir(parents=True, exist_ok=True)
    for payload in payloads:
        file.write(payload)
    return file


def copies(tmp_path: Path) -> list[Path]:
    return [tmp_path / "state" / "users.json", tmp_path / "state" / "users.copy.json"]


def test_new_file_has_no_payload(tmp_path: Path) -> None:
    assert new_file(tmp_path).read() is None


def test_latest_payload_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new_file(tmp_path, b"old", b"new\nwith a second line")
    assert new_file(tmp_path).read() == b"new\nwith a second line"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("number", [0, 1])
def test_damaged_copy_is_reported_once_moved_aside_and_nothing_is_lost(
    tmp_path: Path, damage: Damage, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    new_file(tmp_path, b"old", b"new")
    damaged = copies(tmp_path)[number]
    damage(damaged)
    content = damaged.read_bytes() if damaged.exists() else None
    assert new_file(tmp_path).read() == b"new"
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"damaged: {damaged} ")
    moved = list((tmp_path / "damaged").iterdir()) if content is not None else []
    assert [path.read_bytes() for path in moved] == ([] if content is None else [content])
    assert new_file(tmp_path).read() == b"new"
    assert capsys.readouterr().out == ""
    assert len({path.read_bytes() for path in copies(tmp_path)}) == 1


@pytest.mark.parametrize("damage", DAMAGES[:-1])
def test_two_damaged_copies_are_refused_in_one_line_and_left_unchanged(tmp_path: Path, damage: Damage) -> None:
    new_file(tmp_path, b"old", b"new")
    for path in copies(tmp_path):
        damage(path)
    before = [path.read_bytes() for path in copies(tmp_path)]
    with pytest.raises(UnreadableState) as error:
        new_file(tmp_path).read()
    assert "\n" not in str(error.value)
    assert [path.read_bytes() for path in copies(tmp_path)] == before


@pytest.mark.parametrize("writes", [1, 2])
def test_stop_between_the_copies_keeps_the_new_payload_silently(
    tmp_path: Path, writes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    new_file(tmp_path, *[b"old"][: writes - 1], b"new")
    second = copies(tmp_path)[1]
    if writes == 1:
        second.unlink()
    else:
        new_file(tmp_path / "other", b"old")
        (tmp_path / "other" / "state" / "users.copy.json").replace(second)
    assert new_file(tmp_path).read() == b"new"
    assert capsys.readouterr().out == ""
    assert len({path.read_bytes() for path in copies(tmp_path)}) == 1


@pytest.mark.parametrize("failing", [0, 1])
def test_failed_write_keeps_old_or_new_payload(tmp_path: Path, failing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    file = new_file(tmp_path, b"old")
    path_to_fail = copies(tmp_path)[failing]

    def write(path: Path, data: bytes) -> None:
        if path == path_to_fail:
            raise OSError(28, "No space left on device")
        files.write_atomically(path, data)

    with monkeypatch.context() as patch:
        patch.setattr("local.ministack.state_file.write_atomically", write)
        with pytest.raises(OSError, match="No space left"):
            file.write(b"new")
    assert new_file(tmp_path).read() == (b"old" if failing == 0 else b"new")
    file.write(b"newer")
    assert new_file(tmp_path).read() == b"newer"


def test_file_of_newer_version_is_refused(tmp_path: Path) -> None:
    new_file(tmp_path, b"new")
    for path in copies(tmp_path):
        path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 2'))
    with pytest.raises(UnreadableState, match="newer version"):
        new_file(tmp_path).read()
