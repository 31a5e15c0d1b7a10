"""Covered parts of a picture are gone: no dot of them has a part in what readers get."""

import io

import pytest
from PIL import Image, ImageChops

from portal.cases.areas import Area, areas_in
from portal.cases.cleaning import child, covering, parent
from portal.cases.cleaning.kinds import Kind, Refusal, Refused
from portal.cases.cleaning.orders import Order, Work
from tests.cases.test_attachments import Kept, in_the_child
from tests.cases.test_cleaning import LETTER, WHO, loud_pdf, photograph

SIZE = (260, 400)
AREAS = areas_in("C4:F9, Z40")


def noise(mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.effect_noise(SIZE, 90).convert(mode).save(out, "PNG")
    return out.getvalue()


def opened(data: bytes, mode: str = "RGB") -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert(mode)


ONE = noise()


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_what_is_covered_is_black_and_the_rest_as_it_was(mode: str) -> None:
    before = noise(mode=mode)
    ending, after = covering.covered(before, AREAS)
    was, now = opened(before, "RGBA"), opened(after, "RGBA")
    assert ending == "png" and now.size == SIZE
    for area in AREAS:
        box = area.pixels(*SIZE)
        assert now.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), (0, 0, 0, 255))]
        now.paste(was.crop(box), box)
    assert ImageChops.difference(was, now).getbbox() is None


@pytest.mark.parametrize(("kind", "ending"), [("TIFF", "jpg"), ("BMP", "png")])
def test_nothing_below_a_black_area_changes_what_is_written(kind: str, ending: str) -> None:
    """A photograph is packed in squares of dots: were one packed before it was covered, its edge would tell."""
    made = []
    for hidden in ("red", "green"):
        picture, out = opened(ONE), io.BytesIO()
        for area in AREAS:
            picture.paste(hidden, area.pixels(*SIZE))
        picture.save(out, kind)
        made.append(covering.covered(out.getvalue(), AREAS))
    assert made[0] == made[1] and made[0][0] == ending


def test_a_covered_photograph_tells_nothing_of_its_camera() -> None:
    _, after = covering.covered(photograph(), AREAS)
    assert WHO.encode() not in after and b"Exif" not in after


def test_the_grid_has_its_letters_beside_the_picture_at_any_size() -> None:
    for size in ((1, 1), (5000, 40), (260, 400)):
        out = io.BytesIO()
        Image.new("RGB", size, "blue").save(out, "JPEG")
        _, sheet = covering.with_grid(out.getvalue())
        drawn = opened(sheet)
        assert max(drawn.size) <= 2400 + 80
        margin = drawn.crop((0, 0, drawn.width, 36)).convert("L")
        assert margin.getextrema()[0] < 128, size


def test_the_child_covers_pictures_alone_and_opens_nothing_for_it() -> None:
    for data in (loud_pdf(), LETTER):
        with pytest.raises(Refused):
            child.made(data, Order(Work.COVER, AREAS))
    program = (
        "import io; from PIL import Image; from portal.cases.areas import Area\n"
        "from portal.cases.cleaning.orders import Order, Work\n"
        "out = io.BytesIO(); Image.new('RGB', (90, 90)).save(out, 'PNG')\n"
        "for work in (Work.COVER, Work.GRID):\n"
        "    print(child.made(out.getvalue(), Order(work, (Area(0, 0, 1, 1),)))[1])"
    )
    done = in_the_child(program)
    assert done.stdout.split() == ["png", "png"], done.stderr


def test_an_order_goes_before_the_file_through_the_same_pipe() -> None:
    kept = Kept()
    assert parent.make([photograph()], kept, Order(Work.COVER, (Area(0, 0, 25, 39),))) == parent.Made(
        Kind.IMAGE, "jpg"
    )
    assert opened(kept.getvalue()).getextrema() == ((0, 0), (0, 0), (0, 0))
    assert parent.make([LETTER], Kept(), Order(Work.GRID)) is Refusal.UNKNOWN
    assert Order.read(Order(Work.COVER, AREAS).line) == Order(Work.COVER, AREAS)
