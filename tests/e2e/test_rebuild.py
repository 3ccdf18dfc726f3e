"""`make rebuild` on a running library."""

import pytest

from chalicelib.container import Container
from local import rebuild as command
from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image


@pytest.fixture
def container(client: Client, monkeypatch: pytest.MonkeyPatch) -> Container:
    """The services of the library, as the command uses them."""
    services = client.library.provisioned.services
    for name, value in services.environment().items():
        monkeypatch.setenv(name, value)  # restored afterwards
    return command.container_of(services)


def test_running_library_is_backed_up_and_rebuilt(client: Client, container: Container) -> None:
    name = "rebuilt.jpg"
    client.upload_with_ticket(name, encode_image("yellow", size=(57, 31)))
    photo = client.wait_until_processed({name})[name]
    for _ in range(2):
        report = container.backup.run(lambda: True)
        assert (report.held, report.failures) == (False, ())
    manifest = container.backup_files.load_manifest()
    assert manifest is not None
    assert manifest.photos > 0
    lines: list[str] = []
    command.run(container.rebuild, lines.append)
    assert lines[0].startswith(f"The backup of {manifest.written_at.isoformat()}: ")
    after = client.request("GET", f"/photos/{photo['photo_id']}")
    assert [after[field] for field in ("tags", "state", "created_at")] == [
        photo[field] for field in ("tags", "state", "created_at")
    ]
