//! The eight ways in which a picture can lie on the table, and how one is brought into another.
//!
//! EXIF calls them 1 to 8; `rotate` and `mirror` lead from one to another. All of them are one type, [`Turn`], so that
//! the file's orientation and the caller's wishes are added up first and the pixels are moved once.

use super::options::{Mirror, Rotation};
use super::pixels::RgbImage;

/// How to read a turned picture: flip the position that is asked for, then exchange x and y, and look there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    transpose: bool,
    flip_x: bool,
    flip_y: bool,
}

impl Turn {
    /// From the value of EXIF's tag 0x0112 (Exif 2.32, 4.6.4.A): where row 0 and column 0 of the file are to be seen.
    ///
    /// ```text
    ///   1      2      3      4        5        6        7        8
    /// ######  ######      ##  ##      ########  ##          ##      ########
    /// ##          ##      ##  ##      ##  ##    ##  ##    ##  ##      ##  ##
    /// ####      ####    ####  ####    ##        ########  ########        ##
    /// ##          ##      ##  ##
    /// ##          ##  ######  ######
    /// ```
    pub(crate) const fn from_exif(value: u16) -> Option<Self> {
        let (transpose, flip_x, flip_y) = match value {
            1 => (false, false, false),
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => return None,
        };
        Some(Self {
            transpose,
            flip_x,
            flip_y,
        })
    }

    /// What the options ask for: first the rotation, then the mirror.
    pub(crate) fn from_options(rotation: Rotation, mirror: Mirror) -> Self {
        let rotated = match rotation {
            Rotation::None => Self::default(),
            Rotation::Quarter => Self {
                transpose: true,
                flip_x: true,
                flip_y: false,
            },
            Rotation::Half => Self {
                transpose: false,
                flip_x: true,
                flip_y: true,
            },
            Rotation::ThreeQuarters => Self {
                transpose: true,
                flip_x: false,
                flip_y: true,
            },
        };
        rotated.then(Self {
            transpose: false,
            flip_x: mirror == Mirror::Horizontal,
            flip_y: mirror == Mirror::Vertical,
        })
    }

    /// This turn, and after it another.
    pub(crate) const fn then(self, next: Self) -> Self {
        let (flip_x, flip_y) = if next.transpose {
            (self.flip_y, self.flip_x)
        } else {
            (self.flip_x, self.flip_y)
        };
        Self {
            transpose: self.transpose != next.transpose,
            flip_x: flip_x != next.flip_x,
            flip_y: flip_y != next.flip_y,
        }
    }

    /// A size or a position's extent after the turn; it is its own inverse.
    pub(crate) fn size<T>(self, (width, height): (T, T)) -> (T, T) {
        if self.transpose {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// The picture after the turn.
    pub(crate) fn apply(self, image: RgbImage) -> RgbImage {
        if self == Self::default() {
            return image;
        }
        let (width, height) = self.size((image.width(), image.height()));
        let source = image.pixels();
        let stride = image.width();
        // The source index is linear in the target's x and y, so three numbers describe the whole walk.
        let (step_x, step_y) = self.size((1, stride));
        let first_x = if self.flip_x { (width - 1) * step_x } else { 0 };
        let first_y = if self.flip_y {
            (height - 1) * step_y
        } else {
            0
        };
        RgbImage::from_fn(width, height, |x, y| {
            let along_x = if self.flip_x {
                first_x - x * step_x
            } else {
                x * step_x
            };
            let along_y = if self.flip_y {
                first_y - y * step_y
            } else {
                y * step_y
            };
            source[along_x + along_y]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter F, whose eight positions all differ: `#` is (1, 1, 1).
    fn picture(rows: &[&str]) -> RgbImage {
        let width = rows[0].len();
        RgbImage::from_fn(width, rows.len(), |x, y| {
            [u8::from(rows[y].as_bytes()[x] == b'#'); 3]
        })
    }

    fn drawn(image: &RgbImage) -> Vec<String> {
        let row = |row: &[[u8; 3]]| {
            row.iter()
                .map(|p| if p[0] == 1 { '#' } else { '.' })
                .collect()
        };
        image.pixels().chunks(image.width()).map(row).collect()
    }

    /// How a file of each orientation stores the upright F (the drawings of the EXIF standard).
    const STORED: [&[&str]; 8] = [
        &["###", "#..", "##.", "#..", "#.."],
        &["###", "..#", ".##", "..#", "..#"],
        &["..#", "..#", ".##", "..#", "###"],
        &["#..", "#..", "##.", "#..", "###"],
        &["#####", "#.#..", "#...."],
        &["#....", "#.#..", "#####"],
        &["....#", "..#.#", "#####"],
        &["#####", "..#.#", "....#"],
    ];

    #[test]
    fn every_orientation_comes_out_upright() {
        for (value, stored) in (1..).zip(STORED) {
            let upright = Turn::from_exif(value).unwrap().apply(picture(stored));
            assert_eq!(drawn(&upright), STORED[0], "orientation {value}");
        }
        assert_eq!(Turn::from_exif(0), None);
        assert_eq!(Turn::from_exif(9), None);
    }

    #[test]
    fn rotations_are_clockwise_and_mirrors_come_after_them() {
        let turned = |rotation, mirror| {
            drawn(&Turn::from_options(rotation, mirror).apply(picture(STORED[0])))
        };
        assert_eq!(
            turned(Rotation::Quarter, Mirror::None),
            ["#####", "..#.#", "....#"]
        );
        assert_eq!(turned(Rotation::Half, Mirror::None), STORED[2]);
        assert_eq!(
            turned(Rotation::ThreeQuarters, Mirror::None),
            ["#....", "#.#..", "#####"]
        );
        assert_eq!(turned(Rotation::None, Mirror::Horizontal), STORED[1]);
        assert_eq!(turned(Rotation::None, Mirror::Vertical), STORED[3]);
        assert_eq!(
            turned(Rotation::Quarter, Mirror::Horizontal),
            ["#####", "#.#..", "#...."]
        );
    }

    #[test]
    fn two_turns_added_up_are_the_two_made_one_after_the_other() {
        let turns: Vec<Turn> = (1..=8).filter_map(Turn::from_exif).collect();
        for &first in &turns {
            for &second in &turns {
                let apart = second.apply(first.apply(picture(STORED[0])));
                let together = first.then(second).apply(picture(STORED[0]));
                assert_eq!(drawn(&together), drawn(&apart), "{first:?} then {second:?}");
            }
        }
    }
}
