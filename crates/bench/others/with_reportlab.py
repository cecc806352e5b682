"""The document with ReportLab."""

import io

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from xml.sax.saxutils import escape

GRID = TableStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.black), ("BACKGROUND", (0, 0), (0, -1), colors.whitesmoke),
                   ("BACKGROUND", (2, 0), (2, -1), colors.whitesmoke), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                   ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)])


class Printer:
    """Fonts and styles, read once."""

    def __init__(self, regular: str, bold: str):
        pdfmetrics.registerFont(TTFont("Serif", regular))
        pdfmetrics.registerFont(TTFont("SerifBold", bold))
        style = lambda name, font, size: ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.4,
                                                        wordWrap="CJK")
        self.body, self.small = style("body", "Serif", 9), style("small", "Serif", 7)
        self.head, self.title = style("head", "SerifBold", 10), style("title", "SerifBold", 19)
        self.title.alignment = 1

    def render(self, content) -> bytes:
        """The PDF."""
        text = lambda words, style: Paragraph(escape(words).replace("\n", "<br/>"), style)
        story = [text(f"（{content.year}）", self.body), text("普通高等学校毕业生就业协议书", self.title), Spacer(1, 4 * mm)]
        for heading, rows in content.tables:
            story.append(text(heading, self.head))
            pairs = [row for pair in rows for row in pair] + ["", ""] * (len(rows) % 2)
            cells = [[text(cell, self.body) for cell in pairs[at:at + 4]] for at in range(0, len(pairs), 4)]
            story.append(Table(cells, colWidths=[26 * mm, 59 * mm, 26 * mm, 59 * mm], style=GRID))
        for heading, body, confirmed in content.clauses:
            story += [text(heading, self.head), text(body, self.body), text(confirmed, self.small)]
        cells = [text("\n".join([title, said, *lines]), self.body) for title, said, lines in content.opinions]
        story.append(Table([cells[:2], cells[2:]], colWidths=[85 * mm, 85 * mm], style=GRID))
        story += [text(content.method, self.small), Spacer(1, 38 * mm)]
        out = io.BytesIO()
        document = SimpleDocTemplate(out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=30 * mm,
                                     bottomMargin=20 * mm, title=content.number)

        def frame(canvas, _):
            canvas.setFont("Serif", 8)
            canvas.drawString(20 * mm, 280 * mm, f"协议编号：{content.number}")
            canvas.drawString(20 * mm, 14 * mm, f"核验地址：{content.url}")
            canvas.drawString(20 * mm, 10 * mm, f"内容摘要（SHA-256）：{content.digest}")
            code = QrCodeWidget(content.url, barWidth=17 * mm, barHeight=17 * mm)
            drawing = Drawing(17 * mm, 17 * mm)
            drawing.add(code)
            drawing.drawOn(canvas, 172 * mm, 272 * mm)

        document.build(story, onFirstPage=frame, onLaterPages=frame)
        return out.getvalue()

    def close(self):
        """Nothing is open."""
