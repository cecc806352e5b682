"""The document with headless Chromium, started once and kept open."""

import pathlib
import tempfile

import page as html
from playwright.sync_api import sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]


class Printer:
    """A browser with one page."""

    def __init__(self, regular: str, bold: str):
        self.css = html.style(regular, bold)
        self.folder = tempfile.TemporaryDirectory()
        self.file = pathlib.Path(self.folder.name) / "document.html"
        self.driver = sync_playwright().start()
        self.browser = self.driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        self.page = self.browser.new_page()

    def render(self, content) -> bytes:
        """The PDF."""
        self.file.write_text(html.page(content, self.css), encoding="utf-8")
        self.page.goto(self.file.as_uri())
        return self.page.pdf(prefer_css_page_size=True, print_background=True)

    def close(self):
        """Ends the browser."""
        self.browser.close()
        self.driver.stop()
        self.folder.cleanup()
