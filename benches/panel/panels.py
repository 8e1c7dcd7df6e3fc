"""`cargo xtask bench panel`: what panels show of pictures, ours and other tools', by the judge of tests/quality.

`panels.py PROGRAM FOLDER [--case PALETTE …] [--few] [--json]`. Scores are means over the pictures, lower is better. At equal
brightness the judge forgives a tool's tone, and ours is asked for the tone that the best peer's picture has.
"""
import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tests" / "quality"))
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

import panel
import pictures
import quality
import sheet
from peers import Peers

PALETTES = ("bw", "bwr", "gray2", "gray4", "acep7", "spectra6")
WALLPAPERS = {"dune": "Dune.jpg", "garden": "Garden.jpg", "storm": "Storm.jpg", "flower": "YellowFlower.jpg"}


def wallpapers(folder):
    """Four photographs of Debian's mate-backgrounds; none, with a word, where there is no apt."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not list(folder.rglob("Dune.jpg")):
            subprocess.run(["apt-get", "download", "-qq", "mate-backgrounds"], cwd=folder, check=True)
            subprocess.run(["dpkg-deb", "-x", next(folder.glob("*.deb")), folder], check=True)
        found = {name: next(folder.rglob(file)) for name, file in WALLPAPERS.items()}
    except (OSError, subprocess.CalledProcessError, StopIteration) as error:
        print(f"without the photographs of mate-backgrounds: {error!r}", file=sys.stderr)
        return {}
    return {name: ImageOps.fit(Image.open(path).convert("RGB"), pictures.SIZE, Image.Resampling.LANCZOS) for name, path in found.items()}


def begin(program):
    """In each process: the tools."""
    global ours, peers
    folder = tempfile.mkdtemp(prefix="mis-panel-")
    ours, peers = panel.Ours(program, folder), Peers(folder)


def judge(job):
    """Of one picture for one palette: { tool: (score, score with the tone forgiven, the gamma that this took) }."""
    name, picture, palette = job
    reference = quality.Ref(np.asarray(picture), quality.PAL[palette])
    tools = {"ours": lambda p: ours.show(p, palette)[0], "ours, dbs": lambda p: ours.show(p, palette, "dither=dbs")[0], **peers.of(palette)}
    found = {}
    for tool, show in tools.items():
        shown = show(picture)
        found[tool] = (reference.score(shown, quick=True)["score"], *forgiven(picture, palette, shown))
    return name, palette, found


def forgiven(picture, palette, shown):
    toned = quality.toned(np.asarray(picture), quality.PAL[palette], shown)
    return toned.score(shown, quick=True)["score"], toned.gamma


def judge_at(job):
    """Ours and the search at the tone of another's picture, with the tone forgiven."""
    picture, palette, gamma = job
    tone = f"tone={min(2.0, max(0.4, gamma)):.3f}"
    return [forgiven(picture, palette, ours.show(picture, palette, tone, *more)[0])[0] for more in ((), ("dither=dbs",))]


def compare(pool, palette, chosen):
    """The figures of one palette, and its best peer."""
    judged = [found for _, _, found in pool.map(judge, [(name, picture, palette) for name, picture in chosen.items()], 1)]
    mean = lambda tool, at: sum(found[tool][at] for found in judged) / len(judged)
    others = [tool for tool in judged[0] if not tool.startswith("ours")]
    lines = [figure(f"{palette}", mean("ours", 0), tool, mean(tool, 0)) for tool in sorted(others, key=lambda tool: mean(tool, 0))]
    lines.append(figure(f"{palette}, dbs", mean("ours, dbs", 0), "ours", mean("ours", 0)))
    equal = min(others, key=lambda tool: mean(tool, 1))
    jobs = [(picture, palette, found[equal][2]) for picture, found in zip(chosen.values(), judged)]
    toned = np.mean(pool.map(judge_at, jobs, 1), axis=0)
    lines.append(figure(f"{palette}, equal brightness", toned[0], equal, mean(equal, 1)))
    lines.append(figure(f"{palette}, equal brightness, dbs", toned[1], equal, mean(equal, 1)))
    return lines, min(others, key=lambda tool: mean(tool, 0))


def figure(case, ours, peer, value):
    return {"bench": "panel", "case": case, "ours": round(float(ours), 4), "peer": peer, "peer_value": round(float(value), 4),
            "ratio": round(float(ours / value), 4), "unit": "score"}


def draw(best, chosen, target):
    """A row for each palette and picture: what the panel should show, ours, ours by dbs, the best peer's."""
    size, font = (4 * (sheet.CELL[0] + sheet.GAP), len(best) * len(pictures.FEW) * (sheet.CELL[1] + sheet.GAP + sheet.LABEL)), ImageFont.load_default(14)
    picture_of = Image.new("RGB", size, "#808080")
    pen = ImageDraw.Draw(picture_of)
    rows = [(palette, peer, name) for palette, peer in best.items() for name in pictures.FEW]
    for row, (palette, peer, name) in enumerate(rows):
        picture = chosen[name]
        shown = {"ours": ours.show(picture, palette)[0], "ours, dbs": ours.show(picture, palette, "dither=dbs")[0], peer: peers.of(palette)[peer](picture)}
        cells = {"goal": sheet.goal(picture, palette), **{title: sheet.adapted(one, palette) for title, one in shown.items()}}
        for column, (title, cell) in enumerate(cells.items()):
            x, y = column * (sheet.CELL[0] + sheet.GAP), row * (sheet.CELL[1] + sheet.GAP + sheet.LABEL)
            pen.text((x + 2, y), f"{name}, {palette}: {title}", font=font, fill="white")
            picture_of.paste(cell, (x, y + sheet.LABEL))
    picture_of.save(target)
    print(f"the contact sheet is {target}", file=sys.stderr)


def show(lines):
    rows = [["case", "ours", "peer", "its score", "ratio"]]
    rows += [[line["case"], f"{line['ours']:.2f}", line["peer"], f"{line['peer_value']:.2f}", f"{line['ratio']:.2f}"] for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print("  ".join(cell.rjust(width) if column in (1, 3, 4) else cell.ljust(width) for column, (cell, width) in enumerate(zip(row, widths))).rstrip())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--case", action="append", choices=PALETTES)
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    chosen = pictures.pictures(not asked.few)
    if not asked.few:
        chosen |= wallpapers(asked.folder / "wallpapers")
    lines, best = [], {}
    with multiprocessing.Pool(initializer=begin, initargs=(asked.program,)) as pool:
        for palette in asked.case or PALETTES:
            found, best[palette] = compare(pool, palette, chosen)
            lines += found
            print(f"{palette}: {len(chosen)} pictures", file=sys.stderr)
    print(*map(json.dumps, lines), sep="\n") if asked.json else show(lines)
    begin(asked.program)
    asked.folder.mkdir(parents=True, exist_ok=True)
    draw(best, chosen, asked.folder / "contact-sheet.png")


if __name__ == "__main__":
    main()
