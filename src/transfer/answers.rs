//! What a device says, for the tests of whoever listens.

use super::frame::{Feedback, Function, Status};

/// Any feedback at all.
pub(crate) fn feedback(function: Function, number: i16, status: Status) -> [u8; 8] {
    Feedback {
        function,
        number,
        status,
    }
    .encode()
}

/// The device took begin.
pub(crate) fn begun() -> [u8; 8] {
    feedback(Function::Begin, 0, Status::Whole)
}

/// The device has a chunk, numbered as in the feedback.
pub(crate) fn got(number: i16) -> [u8; 8] {
    feedback(Function::Data, number, Status::Whole)
}

/// The device asks for a chunk.
pub(crate) fn lacks(number: i16) -> [u8; 8] {
    feedback(Function::Data, number, Status::Incomplete)
}

/// The device has the whole image.
pub(crate) fn whole() -> [u8; 8] {
    feedback(Function::Finish, 0, Status::Whole)
}

/// The device does not have the whole image.
pub(crate) fn unfinished() -> [u8; 8] {
    feedback(Function::Finish, 0, Status::Incomplete)
}
