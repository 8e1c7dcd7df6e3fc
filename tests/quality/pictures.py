"""The pictures that panels are judged on: photographs that packages carry, a drawn poster, flat grays. 800 by 480 pixels."""
import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

SIZE = (800, 480)
# scikit-image's own example photographs (public domain or CC0, see its data/README.txt). Only its data files are read.
PHOTOGRAPHS = {"astronaut": "astronaut.png", "motorcycle": "motorcycle_left.png", "coffee": "coffee.png",
               "chelsea": "chelsea.png", "rocket": "rocket.jpg"}
FEW = ("astronaut", "motorcycle", "poster")


def pictures(full):
    """Names and pictures: all of them, or the few that a short run takes."""
    names = [*PHOTOGRAPHS, "poster"] if full else FEW
    return {name: poster() if name == "poster" else photograph(PHOTOGRAPHS[name]) for name in names}


def photograph(file):
    package = importlib.util.find_spec("skimage").submodule_search_locations[0]
    with Image.open(Path(package, "data", file)) as picture:
        return ImageOps.fit(picture.convert("RGB"), SIZE, Image.Resampling.LANCZOS)


def poster():
    """Text of four sizes and colours, a gray ramp, a hue ramp and a pie, on white."""
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    for y, size, colour in ((12, 64, "black"), (90, 36, (200, 30, 30)), (140, 22, (20, 60, 160)), (172, 14, (90, 90, 90))):
        draw.text((20, y), "Departures 12:40", font=ImageFont.load_default(size), fill=colour)
    across = np.linspace(0, 1, 760)
    ramp = np.repeat((across * 255).astype(np.uint8)[None, :, None], 70, 0)
    picture.paste(Image.fromarray(np.repeat(ramp, 3, 2)), (20, 210))
    hues = np.stack([across * 255, np.full(760, 200), np.full(760, 220)], -1).astype(np.uint8)
    picture.paste(Image.fromarray(np.repeat(hues[None], 70, 0), "HSV").convert("RGB"), (20, 290))
    shares = (("#c02020", 0, 110), ("#2040a0", 110, 200), ("#e0c020", 200, 290), ("#208040", 290, 360))
    for colour, start, end in shares:
        draw.pieslice((610, 10, 790, 190), start, end, fill=colour, outline="black", width=2)
    draw.line((20, 470, 780, 370), fill="black", width=1)
    return picture


def flats():
    """Eight flat grays, spaced evenly in light, 256 by 256 pixels."""
    return [Image.new("RGB", (256, 256), (gray,) * 3) for gray in (94, 130, 156, 178, 197, 213, 229, 242)]
