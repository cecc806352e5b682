"""The document with WeasyPrint."""

import page as html
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration


class Printer:
    """Fonts and style sheet, read once."""

    def __init__(self, regular: str, bold: str):
        self.fonts = FontConfiguration()
        self.css = CSS(string=html.style(regular, bold), font_config=self.fonts)

    def render(self, content) -> bytes:
        """The PDF."""
        return HTML(string=html.page(content, "")).write_pdf(stylesheets=[self.css], font_config=self.fonts)

    def close(self):
        """Nothing is open."""
