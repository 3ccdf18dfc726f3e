import socket

import pytest

from local.errors import Problem
from local.library import refuse_taken
from local.ports import HOST, Ports, free, is_taken


def test_page_and_services_stand_beside_the_api() -> None:
    assert Ports.beside(9000) == Ports(api=9000, page=9001, services=9002)


def test_a_busy_port_is_named_with_what_it_is_for() -> None:
    with socket.socket() as held:
        held.bind((HOST, 0))
        held.listen()
        busy = held.getsockname()[1]
        with pytest.raises(Problem, match=rf"Port {busy} \(the page\) is taken; .*make run PORT=") as told:
            refuse_taken(Ports(api=free()[0], page=busy, services=free()[0]))
    assert "\n" not in str(told.value)


def test_a_port_is_free_again_when_its_library_has_ended() -> None:
    (port,) = free()
    assert not is_taken(port)
