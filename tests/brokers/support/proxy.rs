//! A TCP proxy that cuts links, at a moment or at a byte.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use super::tap::{Cutter, Tap};

/// Passes bytes on to a broker, until it is told not to.
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

/// Which bytes count towards a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// All of them.
    Both,
    /// What the client sends.
    FromClient,
}

struct Shared {
    target: String,
    count: Count,
    state: Mutex<State>,
    tap: Tap,
}

#[derive(Default)]
struct State {
    /// New connections are taken and dropped.
    closed: bool,
    /// After how many bytes each cut comes.
    cuts: VecDeque<u64>,
    passed: u64,
    done: u32,
    /// The clients' sockets.
    live: Vec<TcpStream>,
}

impl Proxy {
    /// One that passes everything on to `target`.
    pub fn to(target: String) -> Self {
        Self::cutting(target, Count::Both, [])
    }

    /// One that cuts all its links after as many bytes as `cuts` says, counted anew after each cut.
    pub fn cutting(target: String, count: Count, cuts: impl IntoIterator<Item = u64>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State {
            cuts: cuts.into_iter().collect(),
            ..State::default()
        };
        let shared = Arc::new(Shared {
            target,
            count,
            state: Mutex::new(state),
            tap: Tap::default(),
        });
        let acceptor = Arc::clone(&shared);
        // It lives as long as the test program, like the listener.
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                acceptor.accept(socket);
            }
        });
        Self { port, shared }
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Cuts all links now.
    pub fn cut(&self) {
        self.shared.state().cut();
    }

    /// Whether new connections are dropped at once.
    pub fn close(&self, closed: bool) {
        self.shared.state().closed = closed;
    }

    /// What passed.
    pub fn tap(&self) -> &Tap {
        &self.shared.tap
    }

    /// How many cuts by count there were.
    pub fn cuts(&self) -> u32 {
        self.shared.state().done
    }
}

impl State {
    fn cut(&mut self) {
        for socket in self.live.drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    /// How many of `count` bytes may pass, and whether the links are to be cut after them.
    fn allow(&mut self, count: usize) -> (usize, bool) {
        let Some(&limit) = self.cuts.front() else {
            return (count, false);
        };
        let left = usize::try_from(limit - self.passed).unwrap();
        if count < left {
            self.passed += u64::try_from(count).unwrap();
            return (count, false);
        }
        self.cuts.pop_front();
        self.passed = 0;
        self.done += 1;
        (left, true)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn accept(self: &Arc<Self>, client: TcpStream) {
        if self.state().closed {
            return;
        }
        let Ok(broker) = TcpStream::connect(&self.target) else {
            return;
        };
        for (one, other, from_broker) in [(&client, &broker, false), (&broker, &client, true)] {
            one.set_nodelay(true).unwrap();
            let (reader, writer) = (one.try_clone().unwrap(), other.try_clone().unwrap());
            let shared = Arc::clone(self);
            thread::spawn(move || shared.pump(reader, writer, from_broker));
        }
        self.state().live.push(client);
    }

    fn pump(&self, mut reader: TcpStream, mut writer: TcpStream, from_broker: bool) {
        let counts = !from_broker || self.count == Count::Both;
        let mut cutter = Cutter::default();
        let mut buffer = [0; 16 * 1024];
        let mut is_cut = false;
        // After a cut both sides are still read from, in vain: they notice it as late as they would in a network.
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if is_cut {
                continue;
            }
            let mut allowed = count;
            if counts {
                (allowed, is_cut) = self.state().allow(count);
            }
            cutter.take(&buffer[..allowed], from_broker, &self.tap);
            let _ = writer.write_all(&buffer[..allowed]);
            if is_cut {
                self.state().cut();
            }
        }
        let _ = writer.shutdown(Shutdown::Write);
    }
}
