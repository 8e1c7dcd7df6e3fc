//! An image as transfers carry it: bytes that are held once, and their checksum.

use core::fmt;
use core::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::crc32::crc32;

/// The bytes of an image, held once whatever the number of transfers. A clone is a second handle on the same bytes.
#[derive(Clone)]
pub struct Image(Arc<Held>);

struct Held {
    bytes: Box<[u8]>,
    /// Worked out when it is first asked for: a thousand transfers need it once.
    crc32: OnceLock<u32>,
}

impl Image {
    /// IEEE, over all bytes.
    pub fn crc32(&self) -> u32 {
        *self.0.crc32.get_or_init(|| crc32(&self.0.bytes))
    }

    /// On the same bytes.
    #[cfg(test)]
    pub(super) fn handles(&self) -> usize {
        Arc::strong_count(&self.0)
    }
}

impl From<Vec<u8>> for Image {
    /// Takes the bytes over; they are not copied where the vector has no room to spare.
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Held {
            bytes: bytes.into_boxed_slice(),
            crc32: OnceLock::new(),
        }))
    }
}

impl From<&[u8]> for Image {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl Deref for Image {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_is_the_same_bytes_and_the_vector_s_own() {
        let bytes = b"123456789".to_vec();
        let place = bytes.as_ptr();
        let image = Image::from(bytes);
        let second = image.clone();
        assert_eq!(image.as_ptr(), place);
        assert_eq!(second.as_ptr(), place);
        assert_eq!((image.crc32(), second.crc32()), (0xCBF4_3926, 0xCBF4_3926));
    }
}
