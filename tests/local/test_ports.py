import errno
import socket

import pytest

from local import library
from local.errors import UserError
from local.library import check_ports_free
from local.ports import HOST, Ports, free_ports, is_in_use


def test_page_and_services_use_next_two_ports() -> None:
    assert Ports.from_api_port(9000) == Ports(api=9000, page=9001, services=9002)


def test_port_in_use_is_named_with_its_purpose() -> None:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        busy = listener.getsockname()[1]
        with pytest.raises(UserError, match=rf"Port {busy} \(the page\) is in use; .*make run PORT=") as raised:
            check_ports_free(Ports(api=free_ports()[0], page=busy, services=free_ports()[0]))
    assert "\n" not in str(raised.value)


def test_port_that_may_not_be_used_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(library, "is_in_use", fail)
    with pytest.raises(UserError, match=r"^Port 9000 \(the API\) can't be used \(Permission denied\); choose"):
        check_ports_free(Ports.from_api_port(9000))


def test_free_port_is_not_in_use() -> None:
    (port,) = free_ports()
    assert not is_in_use(port)
