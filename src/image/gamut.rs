//! Colours that no mixture of the inks can give, moved to the nearest that one can.
//!
//! What dithering can mix is the convex hull of the inks in linear light. "Nearest" is meant as the eye sees it, so the
//! distance is taken in OKLab, where the hull is bent: a coarse search over its faces, then a few steps of the exact
//! solution for a face that is flat in the local metric (DITHER.md, "The algorithm", 2).

use super::color_space::{oklab, oklab_gradient};
use super::sort::sort_by_key;

type Vec3 = [f64; 3];

/// Samples along each side of a face. Their shares are squared, so that they lie closer together at the corners: one of
/// them is black, where the eye is keen.
const SAMPLES: u32 = 17;
/// Faces that are looked at closely: those with the nearest samples.
const CANDIDATES: usize = 2;
/// Steps of refinement after the search.
const STEPS: usize = 4;
/// Smaller than any distance that could be seen.
const EPSILON: f64 = 1e-9;

/// What the inks can mix.
#[derive(Debug)]
pub(crate) struct Hull {
    faces: Vec<Face>,
    /// Three inks, or more in one plane, enclose nothing.
    flat: bool,
}

#[derive(Debug)]
struct Face {
    corners: [Vec3; 3],
    /// Points outwards; 0 for a flat hull.
    normal: Vec3,
    /// Points on the face and what they are in OKLab.
    samples: Vec<(Vec3, Vec3)>,
}

impl Hull {
    /// The hull of three or more colours in linear light.
    pub(crate) fn new(colors: &[Vec3]) -> Self {
        let mut faces = Vec::new();
        for (a, &first) in colors.iter().enumerate() {
            for (b, &second) in colors.iter().enumerate().skip(a + 1) {
                for &third in colors.iter().skip(b + 1) {
                    faces.extend(face([first, second, third], colors));
                }
            }
        }
        let flat = faces.iter().all(|face| face.normal == [0.0; 3]);
        Self { faces, flat }
    }

    /// The mixture that looks most like `color`: itself where the inks can mix it.
    pub(crate) fn nearest(&self, color: Vec3) -> Vec3 {
        let inside = |face: &Face| dot(face.normal, sub(color, face.corners[0])) <= EPSILON;
        if !self.flat && self.faces.iter().all(inside) {
            return color;
        }
        let goal = oklab(color);
        let mut starts: Vec<(&Face, Vec3, f64)> = self
            .faces
            .iter()
            .filter_map(|face| face.start(goal))
            .collect();
        sort_by_key(&mut starts, |start| start.2);
        let refined = starts
            .iter()
            .take(CANDIDATES)
            .map(|(face, point, distance)| face.refine(*point, *distance, goal));
        refined
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(color, |(point, _)| point)
    }
}

impl Face {
    /// The sample that is nearest to `goal`, and how far it is.
    fn start(&self, goal: Vec3) -> Option<(&Self, Vec3, f64)> {
        let distances = self
            .samples
            .iter()
            .map(|&(point, seen)| (self, point, distance(seen, goal)));
        distances.min_by(|a, b| a.2.total_cmp(&b.2))
    }

    /// Walks from a point on the face to a nearer one, as long as that helps.
    fn refine(&self, start: Vec3, start_distance: f64, goal: Vec3) -> (Vec3, f64) {
        let (mut point, mut best) = (start, start_distance);
        for _ in 0..STEPS {
            let gradient = oklab_gradient(point);
            let seen = oklab(point);
            // In coordinates where the local metric is the usual one, the goal and the corners relative to the point.
            let corners = self
                .corners
                .map(|corner| apply(gradient, sub(corner, point)));
            let weights = closest_weights(corners, sub(goal, seen));
            let next = mix(self.corners, weights);
            let next_distance = distance(oklab(next), goal);
            if next_distance >= best {
                break;
            }
            (point, best) = (next, next_distance);
        }
        (point, best)
    }
}

/// The face through three colours if all others lie on one side of it. Colours in one plane all make faces, without a side.
fn face(corners: [Vec3; 3], colors: &[Vec3]) -> Option<Face> {
    let normal = cross(sub(corners[1], corners[0]), sub(corners[2], corners[0]));
    let length = dot(normal, normal).sqrt();
    if length < EPSILON {
        return None;
    }
    let normal = normal.map(|part| part / length);
    let sides = colors
        .iter()
        .map(|&color| dot(normal, sub(color, corners[0])));
    let (low, high) = sides.fold((0.0_f64, 0.0_f64), |(low, high), side| {
        (low.min(side), high.max(side))
    });
    let normal = match (low < -1e-6, high > 1e-6) {
        (true, true) => return None,
        (true, false) => normal,
        (false, true) => normal.map(|part| -part),
        (false, false) => [0.0; 3],
    };
    Some(Face {
        corners,
        normal,
        samples: samples(corners),
    })
}

fn samples(corners: [Vec3; 3]) -> Vec<(Vec3, Vec3)> {
    let last = SAMPLES - 1;
    let shares = (0..=last).flat_map(|a| (0..=last - a).map(move |b| [a, b, last - a - b]));
    shares
        .map(|shares| {
            let squares = shares.map(|share| f64::from(share * share));
            let sum: f64 = squares.iter().sum();
            let point = mix(corners, squares.map(|square| square / sum));
            (point, oklab(point))
        })
        .collect()
}

/// The weights of the corners in the point of a triangle that is nearest to `goal` (C. Ericson, Real-Time Collision
/// Detection, 5.1.5: by the regions of corners, edges and face).
fn closest_weights([a, b, c]: [Vec3; 3], goal: Vec3) -> Vec3 {
    let (ab, ac) = (sub(b, a), sub(c, a));
    let toward = |from: Vec3| (dot(ab, sub(goal, from)), dot(ac, sub(goal, from)));
    let ((d1, d2), (d3, d4), (d5, d6)) = (toward(a), toward(b), toward(c));
    if d1 <= 0.0 && d2 <= 0.0 {
        return [1.0, 0.0, 0.0];
    }
    if d3 >= 0.0 && d4 <= d3 {
        return [0.0, 1.0, 0.0];
    }
    if d6 >= 0.0 && d5 <= d6 {
        return [0.0, 0.0, 1.0];
    }
    let (va, vb, vc) = (d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2);
    if vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0 {
        let v = d1 / (d1 - d3);
        return [1.0 - v, v, 0.0];
    }
    if vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0 {
        let w = d2 / (d2 - d6);
        return [1.0 - w, 0.0, w];
    }
    if va <= 0.0 && d4 >= d3 && d5 >= d6 {
        let w = (d4 - d3) / ((d4 - d3) + (d5 - d6));
        return [0.0, 1.0 - w, w];
    }
    let sum = va + vb + vc;
    [va / sum, vb / sum, vc / sum]
}

fn mix(corners: [Vec3; 3], weights: Vec3) -> Vec3 {
    [0, 1, 2].map(|axis| {
        (0..3)
            .map(|corner| corners[corner][axis] * weights[corner])
            .sum()
    })
}

fn apply(rows: [Vec3; 3], vector: Vec3) -> Vec3 {
    rows.map(|row| dot(row, vector))
}

fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// Squared.
fn distance(a: Vec3, b: Vec3) -> f64 {
    let difference = sub(a, b);
    dot(difference, difference)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUBE: [Vec3; 8] = [
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [1.0, 1.0, 0.0],
        [1.0, 0.0, 1.0],
        [0.0, 1.0, 1.0],
        [1.0, 1.0, 1.0],
    ];

    #[test]
    fn what_can_be_mixed_stays() {
        let hull = Hull::new(&CUBE);
        for color in [
            [0.5, 0.5, 0.5],
            [0.0, 0.0, 0.0],
            [1.0, 0.25, 0.0],
            [0.01, 0.99, 0.5],
        ] {
            assert_eq!(hull.nearest(color), color);
        }
    }

    #[test]
    fn no_mixture_of_a_dense_search_is_nearer() {
        let inks = [
            [0.03, 0.02, 0.05],
            [1.0, 1.0, 1.0],
            [0.5, 0.03, 0.02],
            [0.05, 0.15, 0.6],
            [0.9, 0.8, 0.0],
        ];
        let hull = Hull::new(&inks);
        for color in [
            [1.0, 0.0, 0.0],
            [0.0, 1.0, 0.2],
            [0.0, 0.0, 1.0],
            [0.8, 0.0, 0.8],
            [0.2, 0.9, 0.9],
        ] {
            let found = distance(oklab(hull.nearest(color)), oklab(color));
            let mut dense = f64::INFINITY;
            let shares =
                (0..=20).flat_map(|a| (0..=20).flat_map(move |b| (0..=20).map(move |c| [a, b, c])));
            for [a, b, c] in shares.filter(|[a, b, c]| a + b + c <= 20) {
                // Mixtures of any three inks with black.
                let shares = [a, b, c, 20 - a - b - c].map(|share: i32| f64::from(share) / 20.0);
                for three in [[1, 2, 3], [1, 2, 4], [1, 3, 4], [2, 3, 4]] {
                    let parts = [inks[three[0]], inks[three[1]], inks[three[2]], inks[0]];
                    let point = [0, 1, 2]
                        .map(|axis| (0..4).map(|part| parts[part][axis] * shares[part]).sum());
                    dense = dense.min(distance(oklab(point), oklab(color)));
                }
            }
            assert!(found <= dense + 1e-9, "{color:?}: {found} against {dense}");
        }
    }

    #[test]
    fn three_inks_are_a_flat_hull_onto_which_everything_falls() {
        let inks = [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.5, 0.05, 0.03]];
        let hull = Hull::new(&inks);
        let gray = hull.nearest([0.3, 0.3, 0.3]);
        assert!(distance(gray, [0.3, 0.3, 0.3]) < 1e-12, "{gray:?}");
        let blue = hull.nearest([0.0, 0.0, 0.8]);
        let plane = cross(inks[1], inks[2]);
        assert!(dot(plane, blue).abs() < 1e-12, "{blue:?}");
    }

    #[test]
    fn inks_on_one_line_make_no_face_and_leave_colours_alone() {
        let hull = Hull::new(&[[0.0; 3], [0.5; 3], [1.0; 3]]);
        assert_eq!(hull.nearest([1.0, 0.0, 0.0]), [1.0, 0.0, 0.0]);
    }
}
