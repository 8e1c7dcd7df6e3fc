"""Judges our panels by quality.py: `test_panels.py PROGRAM FOLDER [full]`. Closes with `# pass N` and `# fail N`.

The limits are DITHER.md's, which hold against the best fast peer of each palette. Pillow is the peer that every run can
have; where another was the best, the limit is multiplied by the two peers' ratio in DITHER.md's table of results.
"""
import sys
import traceback

import numpy as np

import panel
import pictures
import quality

# Limit against the best peer, the best peer's mean score, Pillow's.
AGAINST_PEERS = {"bw": (0.65, 13.9, 15.4), "bwr": (0.65, 17.8, 21.5), "acep7": (0.75, 8.7, 8.7),
                 "spectra6": (0.6, 10.6, 17.3), "gray2": (0.5, 6.7, 8.3), "gray4": (0.5, 4.9, 7.5)}
# The search against the default.
SEARCH = {"bw": 0.96, "bwr": 0.97, "acep7": 0.85, "spectra6": 0.85}
# Of flat grays, in dB: DITHER.md's goal. White noise has -11, and a regular pattern is far above 0.
MOST_TEXTURE = -4


class Bench:
    """The pictures, what the panels show of them, and the scores: each made once."""

    def __init__(self, program, folder, full):
        self.pictures = pictures.pictures(full)
        self.ours = panel.Ours(program, folder)
        self.references, self.scores = {}, {}

    def reference(self, name, palette):
        key = name, palette
        if key not in self.references:
            self.references[key] = quality.Ref(np.asarray(self.pictures[name]), quality.PAL[palette])
        return self.references[key]

    def score(self, palette, *options):
        """The mean over the pictures of our score."""
        return self.mean(("ours", palette, *options), palette, lambda picture: self.ours.show(picture, palette, *options)[0])

    def peer(self, palette):
        """The mean of Pillow's score with the colours that suit it better."""
        return min(self.mean((colours, palette), palette, lambda picture: panel.pillow(picture, palette, colours))
                   for colours in ("nominal", "shown"))

    def mean(self, key, palette, show):
        if key not in self.scores:
            scores = [self.reference(name, palette).score(show(picture), quick=True)["score"]
                      for name, picture in self.pictures.items()]
            self.scores[key] = sum(scores) / len(scores)
        return self.scores[key]


def better_than_the_peers(bench, palette):
    limit, best, pillow = AGAINST_PEERS[palette]
    ours, peer = bench.score(palette), bench.peer(palette)
    most = limit * best / pillow
    print(f"#   {palette}: ours {ours:.2f}, Pillow {peer:.2f}: {ours / peer:.2f}, at most {most:.2f}")
    assert ours <= most * peer


def search_is_better_than_the_default(bench, palette):
    search, default = bench.score(palette, "dither=dbs"), bench.score(palette)
    print(f"#   {palette}: dbs {search:.2f}, default {default:.2f}: {search / default:.3f}, at most {SEARCH[palette]}")
    assert search <= SEARCH[palette] * default


def every_dither_beats_none(bench, palette):
    none = bench.score(palette, "dither=none")
    for dither in ("atkinson", "bayer"):
        score = bench.score(palette, f"dither={dither}")
        print(f"#   {palette}: {dither} {score:.2f}, none {none:.2f}")
        assert score < none


def flat_grays_have_no_texture(bench, palette):
    decibels = [quality.anisotropy(bench.ours.show(flat, palette)[0][..., 1]) for flat in pictures.flats()]
    mean = sum(decibels) / len(decibels)
    print(f"#   {palette}: anisotropy {mean:.1f} dB, at most {MOST_TEXTURE}")
    assert mean <= MOST_TEXTURE


def no_pixel_strays_on_white_or_black(bench, palette):
    colours = quality.PAL[palette]
    for name in ("black", "white"):
        picture = pictures.Image.new("RGB", (200, 120), name)
        # Something beside it, so that the whole is no drawing in the panel's colours.
        picture.paste(bench.pictures["astronaut"].crop((0, 0, 60, 120)), (0, 0))
        shown = bench.ours.show(picture, palette)[0][:, 60:]
        expected = colours[0] if name == "black" else colours[-1 if palette.startswith("gray") else 1]
        assert (shown == expected).all(), f"{name}: {np.unique(shown.reshape(-1, 3), axis=0)}"


def cases(full):
    yield from ((better_than_the_peers, palette) for palette in AGAINST_PEERS)
    yield from ((search_is_better_than_the_default, palette) for palette in SEARCH)
    yield from ((every_dither_beats_none, palette) for palette in (("bw", "spectra6") if full else ("bw",)))
    yield from ((flat_grays_have_no_texture, palette) for palette in ("bw", "bwr"))
    yield from ((no_pixel_strays_on_white_or_black, palette) for palette in AGAINST_PEERS)


def main(program, folder, *words):
    bench = Bench(program, folder, "full" in words)
    passed = failed = 0
    for test, palette in cases("full" in words):
        try:
            test(bench, palette)
            passed += 1
            print(f"ok - {test.__name__} {palette}", flush=True)
        except Exception:
            failed += 1
            traceback.print_exc(file=sys.stdout)
            print(f"not ok - {test.__name__} {palette}", flush=True)
    bench.ours.close()
    print(f"# pass {passed}\n# fail {failed}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
