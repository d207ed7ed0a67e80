"""A reader without a mouse: presses keys, sees what has the focus, and reads what can be seen."""

from dataclasses import dataclass

from playwright.sync_api import Page

# The name that a screen reader gives to what has the focus.
_NAME = """() => {
    const part = document.activeElement;
    const name = part.getAttribute('aria-label') || part.labels?.[0]?.textContent
        || part.textContent;
    return name.replace(/\\s+/g, ' ').trim();
}"""
# Whether a reader sees what has the focus: marked, and on the screen.
_IS_SEEN = """() => {
    const part = document.activeElement;
    const box = part.getBoundingClientRect();
    return part.matches(':focus-visible') && box.width > 0
        && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
}"""


@dataclass
class Reader:
    """Someone at a page, with the number of keys pressed so far."""

    page: Page
    keys: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def reach(self, wanted: str, *, key: str = "Tab", most: int = 80) -> str:
        """Press a key until what has the focus is named `wanted`, or starts with it; give the name.

        Raises TimeoutError when the focus cannot be seen there.
        """
        passed = []
        for _ in range(most):
            self.press(key)
            name = str(self.page.evaluate(_NAME))
            if name.startswith(wanted):
                self.page.wait_for_function(_IS_SEEN, timeout=3000)  # the page may still scroll
                return name
            passed.append(name)
        raise AssertionError(f"{wanted!r} was not reached by {most} times {key}, past {passed}")

    def open(self, wanted: str, heading: str) -> None:
        """Go to a link or button and press Enter; the page with this heading follows."""
        self.reach(wanted)
        self.press("Enter")
        self.page.wait_for_selector(f"h1:has-text({heading!r})")

    def unfold(self, wanted: str) -> None:
        """Open something that is folded on this page."""
        self.reach(wanted)
        self.press("Enter")

    def choose(self, label: str, option: str, *, key: str = "Tab") -> None:
        """Go to a list and choose the option that starts with what is typed."""
        self.reach(label, key=key)
        self.type(option)

    def skip_to_main(self) -> None:
        """Take the first link of every page, past its head."""
        self.reach("Naar de inhoud", most=1)
        self.press("Enter")

    def read(self) -> str:
        """Give what can be seen of the page itself, on one line."""
        return " ".join(self.page.locator("main").inner_text().split())
