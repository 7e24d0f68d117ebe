"""A PDF with one line of text on each page, written out by hand: enough for a faxed page."""

from __future__ import annotations

LETTER = (612, 792)  # the paper, in points


def pdf(words: str, pages: int) -> bytes:
    """The document; what Latin-1 does not have in `words` becomes a question mark."""
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page in range(pages):
        line = _escape(f"{words} - page {page + 1} of {pages}")
        drawn = b"BT /F1 12 Tf 72 720 Td (" + line + b") Tj ET"
        box = f"[0 0 {LETTER[0]} {LETTER[1]}]"
        fonts = "/Resources << /Font << /F1 3 0 R >> >>"
        contents = f"/Contents {5 + 2 * page} 0 R"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} {fonts} {contents} >>".encode(),
            f"<< /Length {len(drawn)} >>\nstream\n".encode() + drawn + b"\nendstream",
        ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + f"xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode()


def _escape(text: str) -> bytes:
    for sign in "\\()":
        text = text.replace(sign, "\\" + sign)
    return text.encode("latin-1", "replace")
