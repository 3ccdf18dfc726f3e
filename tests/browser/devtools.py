"""A page's DevTools session, and what tests emulate with it; a shared page loses both when it is reset."""

from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Page

_sessions: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def devtools(page: Page) -> CDPSession:
    """The page's session."""
    if page not in _sessions:
        _sessions[page] = page.context.new_cdp_session(page)
    return _sessions[page]


def end_devtools(page: Page) -> None:
    """End the page's session, and with it all that it emulates."""
    if session := _sessions.pop(page, None):
        session.detach()


def slow(page: Page, bytes_a_second: int) -> None:
    """Limit the upload speed; -1 is no limit."""
    _emulate_network(page, uploadThroughput=bytes_a_second)


def set_offline(page: Page, offline: bool = True) -> None:
    """Take the page offline or back online, and no other page of its context."""
    _emulate_network(page, offline=offline)


def _emulate_network(page: Page, **different: float) -> None:
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1, **different}
    devtools(page).send("Network.emulateNetworkConditions", conditions)
