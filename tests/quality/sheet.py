"""A contact sheet of what panels show: `sheet.py PROGRAM FOLDER` writes FOLDER/contact-sheet.png.

A row for each picture and palette: what the panel should show (the picture in the palette's gamut), ours, ours by `dbs`,
Pillow's. As the eye sees a panel, whose white it adapts to: every colour over the palette's white.
"""
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import panel
import pictures
import quality

CELL, GAP, LABEL = (400, 240), 6, 18
PALETTES = ("bw", "bwr", "gray2", "acep7", "spectra6")


def adapted(shown, palette):
    """The panel's picture with its white as white, small enough for a sheet but mixed as light is."""
    light = quality.LUT[shown] / quality.relative(quality.PAL[palette])[2]
    return smaller(light)


def goal(picture, palette):
    """The picture with the panel's black, and inside the palette's hull."""
    table = quality.gamut(quality.PAL[palette])
    return smaller(quality.tri(table, quality.LUT[np.asarray(picture)] ** (1 / 2.2)))


def smaller(light):
    height, width, _ = light.shape
    mixed = light.reshape(height // 2, 2, width // 2, 2, 3).mean((1, 3))
    return Image.fromarray(np.round(quality.delin(mixed)).astype(np.uint8))


def main(program, folder):
    ours = panel.Ours(program, folder)
    rows = [(name, palette) for name in pictures.FEW for palette in PALETTES]
    size = (4 * (CELL[0] + GAP), len(rows) * (CELL[1] + GAP + LABEL))
    sheet = Image.new("RGB", size, "#808080")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for row, (name, palette) in enumerate(rows):
        picture = pictures.pictures(False)[name]
        cells = {"goal": goal(picture, palette), "ours": adapted(ours.show(picture, palette)[0], palette),
                 "dbs": adapted(ours.show(picture, palette, "dither=dbs")[0], palette),
                 "Pillow": adapted(panel.pillow(picture, palette, "shown"), palette)}
        for column, (title, cell) in enumerate(cells.items()):
            x, y = column * (CELL[0] + GAP), row * (CELL[1] + GAP + LABEL)
            draw.text((x + 2, y), f"{name}, {palette}: {title}", font=font, fill="white")
            sheet.paste(cell, (x, y + LABEL))
    ours.close()
    target = Path(folder, "contact-sheet.png")
    sheet.save(target)
    print(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
