//! The room as a whole: real files in, decoded again by someone else, compared.

mod panels;
mod robustness;
mod whole;
