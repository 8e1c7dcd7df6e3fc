//! Floyd–Steinberg as textbooks have it: row by row from left to right, on sRGB values, in whole numbers.

/// Error of the row that is worked on and of the one below it, in sixteenths, with a place to spare on both sides.
struct Errors<const CHANNELS: usize> {
    this: Vec<[i32; CHANNELS]>,
    next: Vec<[i32; CHANNELS]>,
}

impl<const CHANNELS: usize> Errors<CHANNELS> {
    fn new(width: usize) -> Self {
        let row = vec![[0; CHANNELS]; width + 2];
        Self {
            this: row.clone(),
            next: row,
        }
    }

    fn turn(&mut self) {
        std::mem::swap(&mut self.this, &mut self.next);
        self.next.fill([0; CHANNELS]);
    }

    /// The value that a pixel should have: its own and what its neighbours handed on.
    fn wanted(&self, x: usize, pixel: [i32; CHANNELS]) -> [i32; CHANNELS] {
        let error = self.this[x + 1];
        std::array::from_fn(|c| pixel[c] + ((error[c] + 8) >> 4))
    }

    /// Hands on what a pixel got too little.
    fn spread(&mut self, x: usize, error: [i32; CHANNELS]) {
        for c in 0..CHANNELS {
            self.this[x + 2][c] += error[c] * 7;
            self.next[x][c] += error[c] * 3;
            self.next[x + 1][c] += error[c] * 5;
            self.next[x + 2][c] += error[c];
        }
    }
}

/// One bit a pixel, 1 is white, each row from a byte on.
pub fn mono(rgba: &[u8], width: usize) -> Vec<u8> {
    let stride = width.div_ceil(8);
    let mut errors = Errors::<1>::new(width);
    let mut out = Vec::new();
    for row in rgba.chunks_exact(width.max(1) * 4) {
        let start = out.len();
        out.resize(start + stride, 0);
        for (x, &[r, g, b, _]) in row.as_chunks().0.iter().enumerate() {
            // BT.601, in 256ths.
            let luma = (77 * i32::from(r) + 150 * i32::from(g) + 29 * i32::from(b)) >> 8;
            let [wanted] = errors.wanted(x, [luma]);
            let is_white = wanted >= 128;
            if is_white {
                out[start + x / 8] |= 0x80 >> (x % 8);
            }
            errors.spread(x, [wanted - if is_white { 255 } else { 0 }]);
        }
        errors.turn();
    }
    out
}

/// Places in the palette, 4 bits each, by the least distance in sRGB; each row from a byte on.
pub fn palette(rgba: &[u8], width: usize, palette: &[[u8; 3]]) -> Vec<u8> {
    let colors: Vec<[i32; 3]> = palette.iter().map(|color| color.map(i32::from)).collect();
    let stride = width.div_ceil(2);
    let mut errors = Errors::<3>::new(width);
    let mut out = Vec::new();
    for row in rgba.chunks_exact(width.max(1) * 4) {
        let start = out.len();
        out.resize(start + stride, 0);
        for (x, &[r, g, b, _]) in row.as_chunks().0.iter().enumerate() {
            let wanted = errors.wanted(x, [r, g, b].map(i32::from));
            let (code, color) = nearest(&colors, wanted);
            out[start + x / 2] |= code << (4 - 4 * (x % 2));
            errors.spread(x, std::array::from_fn(|c| wanted[c] - color[c]));
        }
        errors.turn();
    }
    out
}

fn nearest(colors: &[[i32; 3]], wanted: [i32; 3]) -> (u8, [i32; 3]) {
    let mut best = (0, [0; 3]);
    let mut least = i32::MAX;
    for (code, &color) in (0..).zip(colors) {
        let distance = (0..3).map(|c| (wanted[c] - color[c]).pow(2)).sum();
        if distance < least {
            (least, best) = (distance, (code, color));
        }
    }
    best
}
