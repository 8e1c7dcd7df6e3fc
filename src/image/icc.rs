//! ICC profiles of cameras and phones, as far as they are three curves and a matrix: Display P3, Adobe RGB and their like.
//!
//! A profile is a header, a table of tags and their data (ICC.1:2022, 7). Those with tables of colours instead, for
//! printers above all, would need a whole engine; they are reported as not understood.

use super::linear::decode;
use super::reader::Reader;

/// From linear light in the profile's connection space, CIE XYZ under D50, to linear sRGB (the inverse of sRGB's own
/// colourants in IEC 61966-2-1 amendment 1, annex G, adapted to D50).
const SRGB: [[f64; 3]; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];
/// No more than this of a light is taken for a difference: half a byte where it is seen most.
const TOLERANCE: f64 = 0.004;

/// What a picture's bytes mean: the light of each in each channel, and how that becomes linear sRGB.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Profile {
    pub(crate) curves: [Vec<f32>; 3],
    pub(crate) to_srgb: [[f64; 3]; 3],
}

impl Profile {
    /// `None` for a profile that is broken or not of curves and a matrix.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let tags = Tags::read(bytes)?;
        match tags.space {
            b"RGB " => {
                let columns = [
                    tags.color(b"rXYZ")?,
                    tags.color(b"gXYZ")?,
                    tags.color(b"bXYZ")?,
                ];
                let to_srgb = SRGB.map(|row| {
                    columns.map(|column| (0..3).map(|axis| row[axis] * column[axis]).sum())
                });
                let curves = [
                    tags.curve(b"rTRC")?,
                    tags.curve(b"gTRC")?,
                    tags.curve(b"bTRC")?,
                ];
                Some(Self { curves, to_srgb })
            }
            b"GRAY" => {
                let curve = tags.curve(b"kTRC")?;
                let to_srgb = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
                Some(Self {
                    curves: [curve.clone(), curve.clone(), curve],
                    to_srgb,
                })
            }
            _ => None,
        }
    }

    /// True if the bytes mean what they mean without a profile.
    pub(crate) fn is_srgb(&self) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() < TOLERANCE;
        let same_curve = |curve: &Vec<f32>| {
            let mut bytes = curve.iter().enumerate();
            bytes.all(|(byte, &light)| near(f64::from(light), decode(byte as f64 / 255.0)))
        };
        let same_matrix = self.to_srgb.iter().enumerate().all(|(row, entries)| {
            entries
                .iter()
                .enumerate()
                .all(|(column, &entry)| near(entry, f64::from(u8::from(row == column))))
        });
        same_matrix && self.curves.iter().all(same_curve)
    }
}

/// A profile's tags, by their places.
struct Tags<'a> {
    space: &'a [u8],
    bytes: Reader<'a>,
    table: Vec<(&'a [u8], u32)>,
}

impl<'a> Tags<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let bytes = Reader::new(bytes);
        let mut header = bytes.at(16)?;
        let (space, connection) = (header.take(4)?, header.take(4)?);
        let mut table = bytes.at(128)?;
        let count = table.u32_be()?;
        let mut tag = || {
            let (name, offset, _length) = (table.take(4)?, table.u32_be()?, table.u32_be()?);
            Some((name, offset))
        };
        // A matrix leads to XYZ and nowhere else. Real profiles have some twenty tags.
        let table = (0..count.min(100)).map_while(|_| tag()).collect();
        (connection == b"XYZ ").then_some(Self {
            space,
            bytes,
            table,
        })
    }

    /// The data of a tag, behind its type and four bytes that are reserved.
    fn data(&self, name: &[u8], kind: &[u8]) -> Option<Reader<'a>> {
        let &(_, offset) = self.table.iter().find(|(tag, _)| *tag == name)?;
        let mut data = self.bytes.at(offset)?;
        let found = data.take(4)?;
        data.take(4)?;
        (found == kind).then_some(data)
    }

    /// XYZ (ICC.1:2022, 10.31).
    fn color(&self, name: &[u8]) -> Option<[f64; 3]> {
        let mut data = self.data(name, b"XYZ ")?;
        Some([fixed(&mut data)?, fixed(&mut data)?, fixed(&mut data)?])
    }

    /// The light of each byte.
    fn curve(&self, name: &[u8]) -> Option<Vec<f32>> {
        let sampled = || self.data(name, b"curv").and_then(sampled);
        let parametric = || self.data(name, b"para").and_then(parametric);
        sampled().or_else(parametric)
    }
}

fn fixed(data: &mut Reader<'_>) -> Option<f64> {
    data.u32_be()
        .map(|bits| f64::from(bits.cast_signed()) / 65536.0)
}

fn of_each_byte(light: impl Fn(f64) -> f64) -> Option<Vec<f32>> {
    let curve: Vec<f32> = (0..256)
        .map(|byte| light(f64::from(byte) / 255.0) as f32)
        .collect();
    // A broken profile could ask for anything.
    curve
        .iter()
        .all(|light| (-0.1..=1.1).contains(light))
        .then_some(curve)
}

/// Nothing for a straight line, one number for an exponent, more for the curve itself (ICC.1:2022, 10.6).
fn sampled(mut data: Reader<'_>) -> Option<Vec<f32>> {
    let count = data.u32_be()?;
    match count {
        0 => of_each_byte(|value| value),
        1 => {
            let exponent = f64::from(data.u16_be()?) / 256.0;
            of_each_byte(|value| value.powf(exponent))
        }
        2..=4096 => {
            let points: Option<Vec<f64>> = (0..count)
                .map(|_| data.u16_be().map(|point| f64::from(point) / 65535.0))
                .collect();
            let points = points?;
            of_each_byte(|value| {
                let place = value * (points.len() - 1) as f64;
                let below = (place as usize).min(points.len() - 2);
                let share = place - below as f64;
                points[below] * (1.0 - share) + points[below + 1] * share
            })
        }
        _ => None,
    }
}

/// Exponents with a straight part near black (ICC.1:2022, 10.18): from 1 to 7 numbers, named as there.
fn parametric(mut data: Reader<'_>) -> Option<Vec<f32>> {
    let function = data.u16_be()?;
    data.take(2)?;
    let count = [1, 3, 4, 5, 7].get(usize::from(function))?;
    let mut numbers = [0.0; 7];
    for number in numbers.iter_mut().take(*count) {
        *number = fixed(&mut data)?;
    }
    let [g, a, b, c, d, e, f] = numbers;
    let power = move |value: f64| (a * value + b).max(0.0).powf(g);
    match function {
        0 => of_each_byte(|value| value.powf(g)),
        1 => of_each_byte(|value| if value >= -b / a { power(value) } else { 0.0 }),
        2 => of_each_byte(|value| if value >= -b / a { power(value) + c } else { c }),
        3 => of_each_byte(|value| if value >= d { power(value) } else { c * value }),
        _ => of_each_byte(|value| {
            if value >= d {
                power(value) + e
            } else {
                c * value + f
            }
        }),
    }
}

/// Profiles made for the tests of this room.
#[cfg(test)]
pub(crate) mod made {
    /// An RGB profile of these colourants, whose curves are all `curve`: a tag's type and data.
    pub(crate) fn profile(colorants: [[f64; 3]; 3], curve: &[u8]) -> Vec<u8> {
        let fixed = |v: f64| ((v * 65536.0).round() as i32).to_be_bytes();
        let mut data: Vec<(&[u8; 4], Vec<u8>)> = Vec::new();
        for (name, color) in [b"rXYZ", b"gXYZ", b"bXYZ"].into_iter().zip(colorants) {
            data.push((
                name,
                [&b"XYZ \0\0\0\0"[..], &color.map(fixed).concat()].concat(),
            ));
        }
        data.extend([b"rTRC", b"gTRC", b"bTRC"].map(|name| (name, curve.to_vec())));
        let mut profile = vec![0; 128];
        profile[16..24].copy_from_slice(b"RGB XYZ ");
        profile.extend((data.len() as u32).to_be_bytes());
        let mut offset = 132 + 12 * data.len();
        for (name, bytes) in &data {
            let numbers = [offset as u32, bytes.len() as u32]
                .map(u32::to_be_bytes)
                .concat();
            profile.extend([&name[..], &numbers].concat());
            offset += bytes.len();
        }
        data.iter().for_each(|(_, bytes)| profile.extend(bytes));
        profile
    }

    /// sRGB's curve as a parametric one.
    pub(crate) fn srgb_curve() -> Vec<u8> {
        let numbers = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45];
        let mut curve = b"para\0\0\0\0\0\x03\0\0".to_vec();
        numbers
            .iter()
            .for_each(|v| curve.extend(((v * 65536.0_f64).round() as i32).to_be_bytes()));
        curve
    }

    /// The colourants of sRGB and of Display P3, under D50.
    pub(crate) const SRGB: [[f64; 3]; 3] = [
        [0.4361, 0.2225, 0.0139],
        [0.3851, 0.7169, 0.0971],
        [0.1431, 0.0606, 0.7141],
    ];
    pub(crate) const P3: [[f64; 3]; 3] = [
        [0.5151, 0.2412, -0.0011],
        [0.2919, 0.6922, 0.0419],
        [0.1572, 0.0666, 0.7841],
    ];
}

#[cfg(test)]
mod tests {
    use super::made::{P3, SRGB as SRGB_COLORANTS, profile, srgb_curve};
    use super::*;

    #[test]
    fn srgb_is_known_by_what_it_does() {
        assert!(
            Profile::read(&profile(SRGB_COLORANTS, &srgb_curve()))
                .unwrap()
                .is_srgb()
        );
        assert!(
            !Profile::read(&profile(P3, &srgb_curve()))
                .unwrap()
                .is_srgb()
        );
        let exponent = b"curv\0\0\0\0\0\0\0\x01\x01\xcd";
        assert!(
            !Profile::read(&profile(SRGB_COLORANTS, exponent))
                .unwrap()
                .is_srgb()
        );
    }

    #[test]
    fn white_stays_white_and_the_reds_of_p3_lie_outside() {
        let p3 = Profile::read(&profile(P3, &srgb_curve())).unwrap();
        for row in p3.to_srgb {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 2e-3, "{row:?}");
        }
        // Linear Display P3 red in linear sRGB (CSS Color 4, sample code).
        for (row, expected) in p3.to_srgb.iter().zip([1.2249, -0.0420, -0.0196]) {
            assert!((row[0] - expected).abs() < 3e-3, "{row:?}");
        }
    }

    #[test]
    fn curves_are_read_in_each_of_their_forms() {
        let curve =
            |bytes: &[u8]| Profile::read(&profile(P3, bytes)).map(|profile| profile.curves[1][128]);
        let close = |found: Option<f32>, expected: f32| {
            assert!((found.unwrap() - expected).abs() < 1e-3, "{found:?}")
        };
        close(curve(b"curv\0\0\0\0\0\0\0\0"), 128.0 / 255.0);
        close(curve(b"curv\0\0\0\0\0\0\0\x01\x02\0"), 0.252);
        close(curve(b"curv\0\0\0\0\0\0\0\x03\0\0\x40\0\xff\xff"), 0.253);
        close(curve(b"para\0\0\0\0\0\0\0\0\0\x02\0\0"), 0.252);
        close(curve(&srgb_curve()), 0.2159);
        assert_eq!(curve(b"curv\0\0\0\0\xff\xff\xff\xff"), None);
        assert_eq!(curve(b"para\0\0\0\0\0\x05\0\0"), None);
        assert_eq!(curve(b"mft2\0\0\0\0\0\0\0\0"), None);
    }

    #[test]
    fn broken_profiles_are_none_wherever_they_end() {
        let whole = profile(P3, &srgb_curve());
        let curve_end = whole.len();
        for end in 0..curve_end {
            assert_eq!(Profile::read(&whole[..end]), None, "cut at {end}");
        }
        let mut lab = whole;
        lab[20..24].copy_from_slice(b"Lab ");
        assert_eq!(Profile::read(&lab), None);
    }
}
