"""Somebody at the page: the few moves that journeys are made of, and a look at what assistive technology gets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Locator, Page, expect

from local.library import Library
from local.users import USERS

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")

# What light and dark have in common need not be looked at twice.
COLOURS_ALONE: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# What it would say of all that is well takes longer to gather than the faults.
VIOLATIONS_ALONE: dict[str, Any] = {"resultTypes": ["violations"], "selectors": False}
AXE = Axe()

type File = tuple[str, str, bytes]  # name, type, content


@dataclass(frozen=True)
class Visitor:
    """One person with one tab."""

    page: Page
    library: Library

    def opens(self, query: str = "") -> None:
        """Goes to the page, and waits until it shows photos or says why not."""
        self.page.goto(self.library.page_url + query)
        expect(self.page.locator(".tile, .empty, .rejected-file").first).to_be_visible()

    def signs_in(self, who: str = "demo", *, back_to: str = "My photos") -> None:
        """Signs in by the hosted form, from wherever they are, and comes back to a view of that name."""
        person = USERS[who]
        self.button("Sign in").first.click()
        self.page.locator("[name=username]").fill(person.email)
        self.page.locator("[name=password]").fill(person.password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name=f"Account: {person.email}")).to_be_visible()
        expect(self.heading(back_to)).to_be_visible()

    def signs_out(self) -> None:
        """Signs out by the account's menu."""
        self.page.get_by_role("button", name="Account: ").click()
        self.button("Sign out").click()
        expect(self.button("Sign in").first).to_be_visible()

    def chooses(self, *files: File) -> None:
        """Picks files in the browser's own chooser."""
        with self.page.expect_file_chooser() as chooser:
            self.button("Add photos").click()
        chooser.value.set_files([FilePayload(name=name, mimeType=kind, buffer=data) for name, kind, data in files])

    def drops(self, *files: File) -> None:
        """Drops files somewhere on the page."""
        given = [{"name": name, "type": kind, "data": list(data)} for name, kind, data in files]
        transfer = self.page.evaluate_handle(
            """files => {
                const transfer = new DataTransfer();
                for (const { name, type, data } of files) {
                    transfer.items.add(new File([new Uint8Array(data)], name, { type }));
                }
                return transfer;
            }""",
            given,
        )
        for event in ("dragenter", "dragover", "drop"):
            self.page.dispatch_event("main", event, {"dataTransfer": transfer})

    def adds(self, count: int, *, tags: str = "", public: bool = False) -> None:
        """Says what is to be said of the chosen files, and sends them."""
        if public:
            self.page.get_by_role("radio", name="Public").check()
        if tags:
            self.page.get_by_role("textbox", name="Tags").fill(tags)
        self.button("Add 1 photo" if count == 1 else f"Add {count:,} photos").click()

    def button(self, name: str) -> Locator:
        """The buttons with exactly that name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        """The heading of the view."""
        return self.page.get_by_role("heading", name=name, exact=True, level=1)

    def tag(self, name: str) -> Locator:
        """One of the trending tags."""
        return self.page.get_by_role("navigation", name="Trending tags").get_by_role(
            "button", name=re.compile(rf"^{name}, [\d,]+ photo")
        )

    @property
    def search(self) -> Locator:
        """The search field."""
        return self.page.get_by_role("combobox", name="Search by tag")

    def looks_for(self, text: str) -> None:
        """Types terms into the search, and sends them."""
        self.search.fill(text)
        self.page.keyboard.press("Enter")

    def term(self, name: str) -> Locator:
        """One part of what is looked for; pressing it takes it away."""
        return self.page.get_by_role("group", name="Filters").get_by_role("button", name=f"Remove {name}")

    def tile(self, filename: str) -> Locator:
        """A photo in the grid."""
        return self.page.locator("main").get_by_role("button", name=filename)

    def upload(self, filename: str) -> Locator:
        """A file in the list of uploads."""
        return self.uploads.get_by_role("listitem").filter(has_text=filename)

    @property
    def uploads(self) -> Locator:
        """The panel of uploads."""
        return self.page.get_by_role("region", name="Uploads")

    def complaints(self, view: str) -> Mapping[str, list[str]]:
        """What axe finds wrong with the page as it is now, light and dark, by rule; `view` says where that was."""
        found: dict[str, list[str]] = {}
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            options = VIOLATIONS_ALONE | (COLOURS_ALONE if scheme == "dark" else {})
            if not self.page.evaluate("'axe' in window"):
                self.page.evaluate(AXE.axe_script)
            for rule in self.page.evaluate("options => axe.run(options)", options)["violations"]:
                found[f"{view}, {scheme}: {rule['help']}"] = [node["html"] for node in rule["nodes"]]
        return found


def slow(page: Page, bytes_a_second: int) -> None:
    """Lets the page's uploads through no faster than that; -1 is no limit."""
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second},
    )
