"""Every file of Pillow's and thumbor's test sets to an 800 × 480 JPEG and to mono1: a picture or a clear error.

`test_pictures.py PROGRAM FOLDER [full] [write]` holds what comes out against outcomes.tsv beside this file and, where Pillow
reads the file too, against what Pillow makes of it. A sample is taken, or with `full` every file; of one that the table
has not, only the kind of answer, its time and its memory are judged. `write` writes the table anew.
Closes with `# pass N` and `# fail N`; a sample of N files counts as N tests.
"""
import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).parent.parent / "quality"))
import files
import panel

TABLE = Path(__file__).parent / "outcomes.tsv"
HEAD = "file\tjpeg\tmono1\twarnings\tdB"
SIZE = (800, 480)
SAMPLE = 60
# `write` names what is under it. Of the sample that is app13.jpg, 4 × 4 pixels: there the two ways to enlarge differ.
LEAST_DB = 27
MOST_SECONDS = 10
MOST_BYTES = 256 << 20
CODES = {"ok", "unsupported", "corrupt", "too-large", "invalid"}

Image.MAX_IMAGE_PIXELS = None
warnings.simplefilter("ignore")


def outcome(ours, path):
    """What both formats came to, the number of warnings, and the likeness with Pillow's picture in dB, or a dash."""
    shown = ours.folder / "shown.png"
    words, notes = [], 0
    for options in (["format=jpeg"], ["format=mono1"]):
        answer = ask(ours, path, shown if options == ["format=jpeg"] else ours.folder / "mono.png", options)
        words.append(answer[0])
        notes = max(notes, len([note for note in answer[3].split("; ") if note]) if answer[0] == "ok" else 0)
    likeness = "-"
    if words[0] == "ok":
        reference = pillows(path)
        if reference is not None:
            likeness = f"{decibels(np.asarray(Image.open(shown).convert('RGB')), reference):.0f}"
    return [*words, str(notes), likeness]


def ask(ours, path, target, options):
    """The program's answer; an error of the suite if it takes too long, too much, or ends."""
    forget_peak(ours.process.pid)
    started = spent(ours.process.pid)
    size = [f"width={SIZE[0]}", f"height={SIZE[1]}"]
    print(path, target, *size, *options, sep="\t", file=ours.process.stdin, flush=True)
    line = ours.process.stdout.readline()
    seconds = spent(ours.process.pid) - started
    if not line:
        raise RuntimeError("the program ended: a panic")
    answer = line.rstrip("\n").split("\t")
    if answer[0] not in CODES:
        raise RuntimeError(f"no clear error: {line}")
    if seconds > MOST_SECONDS:
        raise RuntimeError(f"took {seconds:.1f} s")
    if peak(ours.process.pid) > MOST_BYTES + path.stat().st_size:
        raise RuntimeError(f"took {peak(ours.process.pid) >> 20} MiB")
    return answer


def spent(pid):
    """Seconds of processor time, since a machine may be busy with other things; where the system does not say, the clock."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def forget_peak(pid):
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        pass


def peak(pid):
    """The most memory since it was forgotten; 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), 0)


def pillows(path):
    """The picture upright on white, fitted as ours is; None where Pillow reads none."""
    try:
        with Image.open(path) as picture:
            picture = ImageOps.exif_transpose(picture)
            if picture.mode in ("I", "I;16", "F"):
                return None
            rgba = picture.convert("RGBA")
    except Exception:
        return None
    white = Image.new("RGBA", rgba.size, "white")
    flat = Image.alpha_composite(white, rgba).convert("RGB")
    scale = min(SIZE[0] / flat.width, SIZE[1] / flat.height)
    size = [max(1, round(side * scale)) for side in flat.size]
    way = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    canvas = Image.new("RGB", SIZE, "white")
    canvas.paste(flat.resize(size, way), ((SIZE[0] - size[0]) // 2, (SIZE[1] - size[1]) // 2))
    return np.asarray(canvas)


def decibels(a, b):
    error = ((a.astype(float) - b) ** 2).mean()
    return 99.0 if error == 0 else min(99.0, 10 * np.log10(255 ** 2 / error))


def known():
    lines = TABLE.read_text().splitlines()
    return {name: rest for name, *rest in (line.split("\t") for line in lines[1:])}


def check(found, expected):
    """Codes and warnings are as the table has them; likeness is at least nearly what it was."""
    assert found[:3] == expected[:3], f"{found}, expected {expected}"
    assert (found[3] == "-") == (expected[3] == "-"), f"{found}, expected {expected}"
    if found[3] != "-":
        assert int(found[3]) >= min(int(expected[3]) - 1, 45), f"{found}, expected {expected}"


def main(program, folder, *words):
    corpus = files.fetch(Path(folder) / "packages")
    table = {} if "write" in words else known()
    names = list(corpus) if "full" in words else list(corpus)[:: len(corpus) // SAMPLE]
    ours = panel.Ours(program, Path(folder) / "shown")
    passed, failures, rows = 0, [], [HEAD]
    for name in names:
        try:
            found = outcome(ours, corpus[name])
            rows.append("\t".join([name, *found]))
            if name in table:
                check(found, table[name])
            passed += 1
        except Exception as error:
            failures.append(f"not ok - {name}: {error!r}")
            if ours.process.poll() is not None or "ended" in str(error):
                ours = panel.Ours(program, Path(folder) / "shown")
    ours.close()
    if "write" in words:
        TABLE.write_text("\n".join(rows) + "\n")
        weak = [row for row in rows[1:] if row.split("\t")[4] != "-" and int(row.split("\t")[4]) < LEAST_DB]
        print("under", LEAST_DB, "dB:", *weak, sep="\n")
    print(*failures, f"# pass {passed}", f"# fail {len(failures)}", sep="\n")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
