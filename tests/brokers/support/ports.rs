//! Ports on loopback.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

/// Below the range from which the system takes the ports of outgoing connections: one that was free would else be taken
/// while its broker is down, even by a client's own try to reach that broker.
const FIRST: u32 = 10_000;
const COUNT: u32 = 22_000;

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    for _ in 0..COUNT {
        let asked = ASKED.fetch_add(1, Ordering::Relaxed);
        let start = std::process::id().wrapping_mul(127);
        let port = FIRST + start.wrapping_add(asked) % COUNT;
        let port = u16::try_from(port).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port on loopback");
}

/// Waits until something takes connections at `port`, as long as `alive` says that it may yet.
pub fn answers(port: u16, mut alive: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end && alive() {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}
