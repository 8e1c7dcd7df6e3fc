//! The client against brokers that others wrote, over TCP: each test starts its own on free loopback ports.
//!
//! `cargo test --test brokers` runs it by hand. It needs Mosquitto, NATS, and a Python with paho-mqtt for the reference
//! device; `brokers/support/programs.rs` says where they are looked for. With `MIS_FULL=1` the long versions run.
#![cfg(feature = "mqtt")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a broken assumption ends a test, and real brokers live on the real clock"
)]

mod brokers {
    pub mod support {
        pub mod device;
        pub mod folder;
        pub mod job;
        pub mod mosquitto;
        pub mod nats;
        pub mod peer;
        pub mod ports;
        pub mod programs;
        pub mod proxy;
        pub mod tap;
    }

    mod arrive;
    mod connect;
    mod faults;
    mod link;
    mod messages;
    mod nats_cluster;
    mod session;
    mod storm;
}
