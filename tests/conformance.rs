//! The mandatory statements of MQTT 3.1.1 that speak of a client, each shown by a test; `conformance.md` is their table.
//!
//! Packets are looked at and made as bytes here, without the crate's codec: what both of its sides got wrong in the same
//! way would show. The client is driven as a shell drives it, so that a link that has to be closed is really given up.
#![cfg(feature = "mqtt")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a broken assumption ends a test"
)]

mod conformance {
    pub mod wire;

    mod acknowledgements;
    mod breaches;
    mod connect;
    mod header;
    mod link;
    mod publish;
    mod resume;
    mod subscribe;
    mod table;
    mod text;
    mod topics;
}
