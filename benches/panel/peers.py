"""What other tools make of a picture for a panel, in the panel's own colours: Pillow, canvas-dither, image-q, epaper-dithering."""
import json
import os
import subprocess
from pathlib import Path

import numpy as np
from epaper_dithering import ColorPalette, ColorScheme, DitherMode, dither_image

import panel
import quality

HERE = Path(__file__).parent


def colours(palette, kind):
    """The colours that a tool is given: by name, or as the panel shows them."""
    shown = [tuple(int(v) for v in colour) for colour in quality.PAL[palette]]
    if kind == "shown":
        return shown
    if palette in panel.NOMINAL:
        return [tuple(int(c * (2 if len(name) == 4 else 1), 16) for c in panel.parts(name)) for name in panel.NOMINAL[palette]]
    return [(round(255 * i / (len(shown) - 1)),) * 3 for i in range(len(shown))]


def as_shown(result, given, palette):
    """Each pixel is one of the colours that were given: what the panel shows for it."""
    shown = np.array(quality.PAL[palette], np.uint8)
    distance = ((result[..., None, :].astype(int) - np.array(given)) ** 2).sum(-1)
    return shown[distance.argmin(-1)]


class Peers:
    """All of them; those in Node are one process that is asked line by line."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.process = subprocess.Popen([os.environ.get("MIS_NODE", "node"), HERE / "peers.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def of(self, palette):
        """Names and functions from a picture to what the panel shows."""
        tools = {f"Pillow, {kind}": lambda picture, kind=kind: panel.pillow(picture, palette, kind) for kind in ("nominal", "shown")}
        if palette == "bw":
            for name in ("canvas-dither Floyd-Steinberg", "canvas-dither Atkinson"):
                tools[name] = lambda picture, name=name: self.in_node(name, picture, palette, colours(palette, "nominal"))
        for kind in ("nominal", "shown"):
            tools[f"image-q, {kind}"] = lambda picture, kind=kind: self.in_node("image-q", picture, palette, colours(palette, kind))
        for name, kind, options in (("nominal", "nominal", {}), ("tone auto", "shown", {"tone": "auto"}), ("tone 1, gamut auto", "shown", {"tone": 1.0, "gamut": "auto"})):
            tools[f"epaper-dithering, {name}"] = lambda picture, kind=kind, options=options: self.by_epaper(picture, palette, kind, options)
        return tools

    def in_node(self, tool, picture, palette, given):
        source, target = self.folder / "peer.in", self.folder / "peer.out"
        source.write_bytes(picture.convert("RGBA").tobytes())
        job = {"tool": tool, "source": str(source), "target": str(target), "width": picture.width, "height": picture.height, "palette": given}
        print(json.dumps(job), file=self.process.stdin, flush=True)
        if self.process.stdout.readline().strip() != "ok":
            raise RuntimeError(f"{tool} failed")
        pixels = np.frombuffer(target.read_bytes(), np.uint8).reshape(picture.height, picture.width, 4)
        return as_shown(pixels[..., :3], given, palette)

    def by_epaper(self, picture, palette, kind, options):
        given = colours(palette, kind)
        names = {f"ink{index}": colour for index, colour in enumerate(given)}
        scheme = {"bw": ColorScheme.MONO, "bwr": ColorScheme.BWR}.get(palette)
        own = ColorPalette(colors=names, accent=list(names)[-1], scheme=scheme)
        result = dither_image(picture, own, mode=DitherMode.FLOYD_STEINBERG, **options)
        return as_shown(np.asarray(result.convert("RGB")), given, palette)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
