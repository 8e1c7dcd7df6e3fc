"""What panels show of a picture: ours by the example `prepare`, Pillow's by its own quantiser."""
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

import quality

# The judge's name of a palette, and how ours is asked for it.
OURS = {"bw": "format=mono1", "gray2": "format=gray2", "gray4": "format=gray4", "bwr": "format=planes\tpalette=bwr",
        "acep7": "format=palette4\tpalette=acep7", "spectra6": "format=palette4\tpalette=spectra6"}
NOMINAL = {"bw": ["#000", "#fff"], "bwr": ["#000", "#fff", "#f00"],
           "acep7": ["#000", "#fff", "#0f0", "#00f", "#f00", "#ff0", "#ff8000"],
           "spectra6": ["#000", "#fff", "#ff0", "#f00", "#00f", "#0f0"]}


class Ours:
    """The example as a process that is asked line by line."""

    def __init__(self, program, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        """One line's answer: the words behind `ok`. Anything else is an error of the suite."""
        print(*words, sep="\t", file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().rstrip("\n").split("\t")
        if answer[0] != "ok":
            raise RuntimeError(f"{words}: {' '.join(answer)}")
        return answer[1:]

    def show(self, picture, palette, *options):
        """The picture as the panel shows it, and the milliseconds that this took."""
        source, target = self.folder / "source.png", self.folder / "panel.png"
        picture.save(source, compress_level=1)
        _, milliseconds, _ = self.ask(str(source), str(target), OURS[palette], *options)
        return np.asarray(Image.open(target).convert("RGB")), float(milliseconds)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def pillow(picture, palette, colours):
    """Pillow's quantiser, Floyd–Steinberg on sRGB values, shown in the panel's colours; by `nominal` or `shown` ones."""
    shown = np.array(quality.PAL[palette], np.uint8)
    if colours == "nominal" and palette in NOMINAL:
        asked = [tuple(int(c * (2 if len(name) == 4 else 1), 16) for c in parts(name)) for name in NOMINAL[palette]]
    elif colours == "nominal":
        asked = [(round(255 * i / (len(shown) - 1)),) * 3 for i in range(len(shown))]
    else:
        asked = [tuple(int(v) for v in colour) for colour in shown]
    table = Image.new("P", (1, 1))
    # The rest of the table repeats the first colour, so that no other can be chosen.
    table.putpalette(sum((list(c) for c in asked + [asked[0]] * (256 - len(asked))), []))
    index = np.asarray(picture.quantize(palette=table, dither=Image.Dither.FLOYDSTEINBERG))
    return shown[np.where(index < len(shown), index, 0)]


def parts(name):
    digits = name.lstrip("#")
    step = len(digits) // 3
    return [digits[i:i + step] for i in range(0, len(digits), step)]
