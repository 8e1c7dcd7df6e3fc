"""The files that `cargo xtask bench image` prepares: `inputs.py FOLDER CACHE`. Made once; inputs.json says what there is.

The photographs and the file of 100 megapixels are thumbor's, from its source package, which is fetched into CACHE as the
suite `pictures` does it. The rest is made: a picture of 12 megapixels that is as hard to compress as a camera's, and smaller
forms of the photographs.
"""
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tests" / "pictures"))
import files

Image.MAX_IMAGE_PIXELS = None
THEIRS = {"14 MP": "10_years_of_Wikipedia_by_Guillaume_Paumier.jpg", "22 MP": "Christophe_Henner_-_June_2016.jpg",
          "100 MP": "9643x10328.jpg"}


def like_a_photograph(width, height):
    """Soft shapes, edges at all angles that a lens has softened, and the grain of a sensor."""
    random = np.random.default_rng(1)
    x, y = np.linspace(0, 1, width, dtype=np.float32)[None], np.linspace(0, 1, height, dtype=np.float32)[:, None]
    hills = np.sin(9 * x) * np.cos(7 * y + 3 * x)
    rings = np.tanh(6 * np.sin(90 * np.hypot(x - 0.4, y - 0.6))) * (6 + 20 * (x + y > 1.1))
    leaves = gaussian_filter(random.standard_normal((height, width), np.float32), 3) * 90 * np.clip(2 * y - 0.6, 0, 1)
    grain = gaussian_filter(random.standard_normal((height, width), np.float32), 0.7) * 9
    shade = rings + leaves + grain
    channels = (130 + 90 * hills + shade, 110 + 80 * y + shade, 200 - 120 * x * y - 40 * hills + shade)
    return Image.fromarray(np.stack([np.clip(c, 0, 255) for c in channels], -1).astype(np.uint8))


def make(folder, cache):
    found = {path.name: path for name, path in files.fetch(cache).items() if name.startswith("thumbor/")}
    theirs = {name: found[file] for name, file in THEIRS.items()}
    made = {}

    def save(name, picture, ending, **options):
        path = folder / f"{name.replace(' ', '-')}.{ending}"
        picture.save(path, **options)
        made[name] = path

    generated = like_a_photograph(4000, 3000)
    save("12 MP", generated, "jpg", quality=88)
    save("12 MP progressive", generated, "jpg", quality=88, progressive=True)
    for name, path in theirs.items():
        made[name] = folder / f"{name.replace(' ', '-')}.jpg"
        made[name].write_bytes(path.read_bytes())
    photograph = Image.open(theirs["22 MP"]).convert("RGB")
    save("2 MP", photograph.resize((1800, 1200), Image.Resampling.LANCZOS), "jpg", quality=90)
    save("PNG 1600x960", photograph.resize((1600, 960), Image.Resampling.LANCZOS), "png")
    save("panel", photograph.resize((800, 480), Image.Resampling.LANCZOS), "png")
    return {name: {"file": path.name, "bytes": path.stat().st_size, "size": Image.open(path).size} for name, path in made.items()}


def main(folder, cache):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "inputs.json"
    if not table.exists():
        table.write_text(json.dumps(make(folder, cache), indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
