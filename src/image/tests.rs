//! The room as a whole: real files in, decoded again by someone else, compared.

mod robustness;
mod whole;
