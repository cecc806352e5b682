"""The document as a page for browsers and WeasyPrint."""

from html import escape

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

STYLE = """
@font-face { font-family: Serif SC; font-weight: 400; src: url("file://%s"); }
@font-face { font-family: Serif SC; font-weight: 700; src: url("file://%s"); }
@page { size: A4; margin: 30mm 20mm 20mm }
body { font: 9pt/1.4 "Serif SC"; margin: 0 }
h1 { font-size: 19pt; text-align: center; margin: 2mm 0 } h2 { font-size: 10pt; margin: 2mm 0 1mm }
table { border-collapse: collapse; width: 100%% } td { border: .4pt solid #000; padding: .6mm 1.4mm; width: 59mm }
td:nth-child(odd) { background: #f3f3f3; width: 26mm; text-align: center }
.opinions td { background: none; width: 85mm; text-align: left; vertical-align: top; height: 40mm; white-space: pre-line }
p { margin: 1mm 0; text-align: justify } small { font-size: 7pt; color: #555; display: block; text-align: right }
"""


def style(regular: str, bold: str) -> str:
    """The style sheet with the two fonts."""
    return STYLE % (regular, bold)


def code(text: str) -> str:
    """A QR code as one path."""
    qr = QRCode(None, QRErrorCorrectLevel.M)
    qr.addData(text)
    qr.make()
    size = qr.getModuleCount()
    path = "".join(f"M{x} {y}h1v1h-1z" for y in range(size) for x in range(size) if qr.isDark(y, x))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="17mm" height="17mm" viewBox="0 0 {size} {size}"><path d="{path}"/></svg>'


def page(content, css: str) -> str:
    """The page."""
    parts = [f"<title>{escape(content.number)}</title><style>{css}</style>",
             f"<p>协议编号：{content.number} {code(content.url)}</p>",
             f"<h1>普通高等学校毕业生就业协议书</h1><p>（{content.year}）</p>"]
    for heading, rows in content.tables:
        cells = [f"<td>{escape(label)}</td><td>{escape(value)}</td>" for label, value in rows]
        lines = ["<tr>" + "".join(cells[at:at + 2]) + "</tr>" for at in range(0, len(cells), 2)]
        parts.append(f"<h2>{escape(heading)}</h2><table>{''.join(lines)}</table>")
    for heading, body, confirmed in content.clauses:
        parts.append(f"<h2>{escape(heading)}</h2><p>{escape(body)}</p><small>{escape(confirmed)}</small>")
    cells = ["<td>" + escape("\n".join([title, said, *lines])) + "</td>" for title, said, lines in content.opinions]
    parts.append(f"<table class=opinions><tr>{''.join(cells[:2])}</tr><tr>{''.join(cells[2:])}</tr></table>")
    parts.append(f"<small>{escape(content.method)}</small><p>核验地址：{content.url}<br>内容摘要：{content.digest}</p>")
    return "<!doctype html><meta charset=utf-8><html lang=zh-CN><body>" + "".join(parts)
