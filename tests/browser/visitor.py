"""A page object: the actions that tests are made of, locators, and an axe scan."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Locator, Page, expect

from local.library import Library
from local.users import USERS

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")

# In dark mode only the colors differ.
CONTRAST_ONLY: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# Collecting passed rules too would take longer than the rest of the scan.
VIOLATIONS_ONLY: dict[str, Any] = {"resultTypes": ["violations"], "selectors": False}
AXE = Axe()

type File = tuple[str, str, bytes]  # name, type, content


@dataclass(frozen=True)
class Visitor:
    """A user with one tab."""

    page: Page
    library: Library

    def open(self, query: str = "") -> None:
        """Go to the page and wait until it shows photos or an empty view."""
        self.page.goto(self.library.page_url + query)
        expect(self.page.locator(".tile, .empty, .rejected-file").first).to_be_visible()

    def sign_in(self, who: str = "demo", *, back_to: str = "My photos") -> None:
        """Sign in with the hosted form, and return to the view with that heading."""
        self.button("Sign in").first.click()
        self.fill_sign_in_form(who)
        expect(self.page.get_by_role("button", name=f"Account: {USERS[who].email}")).to_be_visible()
        expect(self.heading(back_to)).to_be_visible()

    def fill_sign_in_form(self, who: str = "demo") -> None:
        """Fill the hosted form, and submit it."""
        self.page.locator("[name=username]").fill(USERS[who].email)
        self.page.locator("[name=password]").fill(USERS[who].password)
        self.page.get_by_role("button", name="Sign in").click()

    def continue_session(self, stored: str) -> None:
        """Be signed in from the next navigation on, with the stored session of an earlier sign-in."""
        self.page.evaluate("stored => { localStorage['tintype.session'] = stored; }", stored)

    def sign_out(self) -> None:
        """Sign out with the account menu."""
        self.page.get_by_role("button", name="Account: ").click()
        self.button("Sign out").click()
        expect(self.button("Sign in").first).to_be_visible()

    def choose_files(self, *files: File) -> None:
        """Choose files with the browser's file picker."""
        with self.page.expect_file_chooser() as chooser:
            self.button("Add photos").click()
        chooser.value.set_files([FilePayload(name=name, mimeType=kind, buffer=data) for name, kind, data in files])

    def drop_files(self, *files: File) -> None:
        """Drop files on the page."""
        contents = [{"name": name, "type": kind, "data": list(data)} for name, kind, data in files]
        transfer = self.page.evaluate_handle(
            """files => {
                const transfer = new DataTransfer();
                for (const { name, type, data } of files) {
                    transfer.items.add(new File([new Uint8Array(data)], name, { type }));
                }
                return transfer;
            }""",
            contents,
        )
        for event in ("dragenter", "dragover", "drop"):
            self.page.dispatch_event("main", event, {"dataTransfer": transfer})

    def start_upload(self, count: int, *, tags: str = "", public: bool = False) -> None:
        """Fill the upload dialog and start the upload."""
        if public:
            self.page.get_by_role("radio", name="Public").check()
        if tags:
            self.page.get_by_role("combobox", name="Tags").fill(tags)
        self.button("Add 1 photo" if count == 1 else f"Add {count:,} photos").click()

    def expect_added(self, count: int) -> None:
        """Wait until that many photos were added, and no other file needs attention."""
        name = "1 photo added" if count == 1 else f"{count:,} photos added"
        expect(self.uploads.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=30_000)

    def button(self, name: str) -> Locator:
        """Buttons with exactly that name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        """The heading of the view."""
        return self.page.get_by_role("heading", name=name, exact=True, level=1)

    def tag(self, name: str) -> Locator:
        """A trending tag."""
        return self.page.get_by_role("navigation", name="Trending tags").get_by_role(
            "button", name=re.compile(rf"^{name}, [\d,]+ photo")
        )

    @property
    def search_field(self) -> Locator:
        """The search field."""
        return self.page.get_by_role("combobox", name="Search photos")

    def search_for(self, text: str) -> None:
        """Search for words."""
        self.search_field.fill(text)
        self.page.keyboard.press("Enter")

    def filter_chip(self, name: str) -> Locator:
        """The button that removes a filter of the view."""
        return self.page.get_by_role("group", name="Filters").get_by_role("button", name=f"Remove {name}")

    def tile(self, filename: str) -> Locator:
        """A photo in the grid: a link, or a button while photos are selected."""
        main = self.page.locator("main")
        return main.get_by_role("link", name=filename).or_(main.get_by_role("button", name=filename))

    def upload(self, filename: str) -> Locator:
        """A row in the list of uploads."""
        return self.uploads.get_by_role("listitem").filter(has_text=filename)

    @property
    def uploads(self) -> Locator:
        """The list of uploads."""
        return self.page.get_by_role("region", name="Uploads")

    def axe_violations(self, view: str) -> Mapping[str, list[str]]:
        """Axe violations of the current page by rule, in light and dark mode; `view` labels them."""
        found: dict[str, list[str]] = {}
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            options = VIOLATIONS_ONLY | (CONTRAST_ONLY if scheme == "dark" else {})
            if not self.page.evaluate("'axe' in window"):
                self.page.evaluate(AXE.axe_script)
            for rule in self.page.evaluate("options => axe.run(options)", options)["violations"]:
                found[f"{view}, {scheme}: {rule['help']}"] = [node["html"] for node in rule["nodes"]]
        return found
