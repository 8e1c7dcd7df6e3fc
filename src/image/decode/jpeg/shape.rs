//! What a JPEG's frame header says (ITU-T T.81, B.2.2).

use super::super::super::reader::Reader;

/// Marker codes (B.1.1.3): the frames that can be read are baseline, extended or progressive.
pub(super) const EXTENDED: u8 = 0xc1;
pub(super) const PROGRESSIVE: u8 = 0xc2;

/// The size of a picture, and how its blocks lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(super) is_progressive: bool,
    /// Of a sample.
    pub(super) bits: u8,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(super) components: Vec<Component>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks of a unit, along x and y.
    pub(super) blocks: (usize, usize),
    /// The place of its quantisation table.
    pub(super) factors: usize,
}

impl Shape {
    /// `None` for a header that is cut off.
    pub(super) fn read(marker: u8, data: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(data);
        let bits = reader.u8()?;
        let (height, width) = (reader.u16_be()?, reader.u16_be()?);
        let count = reader.u8()?;
        // One component alone has its blocks one by one (A.2.2).
        let most = if count == 1 { 1 } else { 15 };
        let mut components = Vec::new();
        for _ in 0..count {
            let [id, blocks, factors] = *reader.take(3)?.first_chunk()?;
            let blocks = ((blocks >> 4).min(most), (blocks & 15).min(most));
            components.push(Component {
                id,
                blocks: (blocks.0.into(), blocks.1.into()),
                factors: factors.into(),
            });
        }
        Some(Self {
            is_progressive: marker == PROGRESSIVE,
            bits,
            width,
            height,
            components,
        })
    }

    /// Whether there is a picture at all.
    pub(super) fn is_sound(&self) -> bool {
        let has_blocks = |component: &Component| component.blocks.0 > 0 && component.blocks.1 > 0;
        self.width > 0
            && self.height > 0
            && !self.components.is_empty()
            && self.components.iter().all(has_blocks)
    }

    /// Whether the scan with this header has all that there is, so that its blocks become pixels at once.
    pub(super) fn is_all_in(&self, scan: Option<&[u8]>) -> bool {
        let count = scan.and_then(|header| header.first()).copied();
        !self.is_progressive && count.map(usize::from) == Some(self.components.len())
    }

    /// The most blocks that a component has in a unit, along x and y.
    pub(super) fn most(&self) -> (usize, usize) {
        let most = |side: fn(&Component) -> usize| self.components.iter().map(side).max();
        (
            most(|c| c.blocks.0).unwrap_or(1).max(1),
            most(|c| c.blocks.1).unwrap_or(1).max(1),
        )
    }

    /// Units along x and y (A.2.3).
    pub(super) fn units(&self) -> (usize, usize) {
        let (x, y) = self.most();
        (
            usize::from(self.width).div_ceil(8 * x),
            usize::from(self.height).div_ceil(8 * y),
        )
    }

    /// The components' names, as far as there are three.
    pub(super) fn names(&self) -> [u8; 3] {
        let mut names = self.components.iter().map(|component| component.id);
        [(); 3].map(|()| names.next().unwrap_or(0))
    }
}
