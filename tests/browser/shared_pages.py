"""Pages that tests share: opening and closing one takes longer than most tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.devtools import devtools, end_devtools
from tests.browser.viewports import DESKTOP, PHONE

# A document of the page's origin that runs no script.
BLANK = "icon.svg"


class SharedPages:
    """The page of a desktop and that of a phone, each in a browser context of its own.

    `reset` removes what a test leaves in them, except what the browser has cached: tests that need to load everything
    use `empty_cache`. Scripts and listeners can't be removed then: tests add them for the duration of a block, with
    `with page.add_init_script(…)` and `listening`.
    """

    def __init__(self, browser: Browser, page_url: str) -> None:
        self._browser = browser
        self._blank = page_url + BLANK
        self._contexts: dict[bool, BrowserContext] = {}
        self._pages: dict[bool, Page] = {}

    def get(self, *, phone: bool) -> Page:
        """The page, with an empty document of the page's origin."""
        page = self._pages.get(phone)
        if page is None or page.is_closed():
            page = self._pages[phone] = self._context(phone).new_page()
            self._open_blank(page)
        return page

    def reset(self, page: Page) -> None:
        """Prepare the page for the next test: remove routes, emulations, storage, cookies, permissions and history."""
        page.unroute_all(behavior="ignoreErrors")
        end_devtools(page)
        size = PHONE if page is self._pages.get(True) else DESKTOP
        if page.viewport_size != size:
            page.set_viewport_size(size)
        page.emulate_media(color_scheme="light", media="screen")
        self._open_blank(page)
        devtools(page).send("Page.resetNavigationHistory")
        page.context.clear_permissions()
        page.context.clear_cookies()
        page.mouse.move(0, 0)

    def _open_blank(self, page: Page) -> None:
        """Go to the empty document, and empty the storage, which outlives a closed page."""
        page.goto(self._blank)
        page.evaluate("sessionStorage.clear(); localStorage.clear(); window.name = ''")

    def _context(self, phone: bool) -> BrowserContext:
        """The context, with an empty page too: a context without pages opens its next one slowly."""
        if phone not in self._contexts:
            self._contexts[phone] = self._browser.new_context(
                viewport=PHONE if phone else DESKTOP,
                is_mobile=phone,
                has_touch=phone,
                reduced_motion="reduce",
                service_workers="block",
            )
            self._contexts[phone].new_page()
        return self._contexts[phone]


@contextmanager
def listening(source: Page | BrowserContext, event: str, handle: Callable[..., None]) -> Iterator[None]:
    """Call `handle` at each event of the page or context in the block."""
    emitter: Any = source  # each event has a signature of its own
    emitter.on(event, handle)
    try:
        yield
    finally:
        emitter.remove_listener(event, handle)
