//! A TCP relay that hands everything on after a fixed time, each way: a long link on loopback.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes and when they are to go on.
type Held = (Instant, Vec<u8>);

/// Relays to `target` for ever; prints its port first.
pub fn run(target: &str, delay: Duration) -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("port {}", listener.local_addr()?.port());
    loop {
        let (near, _) = listener.accept()?;
        let far = TcpStream::connect(target)?;
        for (from, to) in [(&near, &far), (&far, &near)] {
            from.set_nodelay(true)?;
            let (from, to) = (from.try_clone()?, to.try_clone()?);
            let (sender, receiver) = channel();
            thread::spawn(move || take(from, &sender, delay));
            thread::spawn(move || hand_on(to, &receiver));
        }
    }
}

fn take(mut from: TcpStream, held: &Sender<Held>, delay: Duration) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let bytes = buffer.get(..read).unwrap_or_default().to_vec();
        if held.send((Instant::now() + delay, bytes)).is_err() {
            return;
        }
    }
}

fn hand_on(mut to: TcpStream, held: &Receiver<Held>) {
    while let Ok((at, bytes)) = held.recv() {
        thread::sleep(at.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
