//! The demo's broker: rumqttd in this process, over TCP for the device and over WebSocket for the page. The suites start
//! it as a program of its own.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings};

use crate::error::{Error, Result};
use crate::flags::{self, Flags};

/// The ports that people expect; any other free one serves as well.
const USUAL_TCP: u16 = 1883;
const USUAL_WEBSOCKET: u16 = 9001;
/// The largest message: far above a chunk's 32 KiB and its head.
const MAX_MESSAGE: usize = 1024 * 1024;

/// The ports of a broker on loopback.
pub struct Ports {
    pub tcp: u16,
    pub websocket: u16,
}

/// Names and passwords; where there are none everybody is let in.
type Users = HashMap<String, String>;

/// Starts the broker; it runs until the process ends.
pub fn start() -> Result<Ports> {
    let ports = Ports {
        tcp: free_port(USUAL_TCP)?,
        websocket: free_port(USUAL_WEBSOCKET)?,
    };
    let mut broker = Broker::new(config(&ports, &Users::new()));
    std::thread::spawn(move || drop(broker.start()));
    for port in [ports.tcp, ports.websocket] {
        wait_until_open(port)?;
    }
    Ok(ports)
}

/// The program `broker`: on any free ports, which it prints, until it is ended. With `--user NAME:PASSWORD` it lets nobody
/// else in.
pub fn serve(mut flags: Flags) -> Result {
    let mut users = Users::new();
    while let Some(word) = flags.next() {
        let user = match word.as_str() {
            "--user" => flags.value("--user")?,
            other => return Err(flags::unknown(other)),
        };
        let user = user.split_once(':').ok_or_else(|| {
            Error::new(
                format!("--user cannot be {user}"),
                "give a name, a colon and a password",
            )
        })?;
        users.insert(user.0.to_owned(), user.1.to_owned());
    }
    let ports = Ports {
        tcp: free_port(0)?,
        websocket: free_port(0)?,
    };
    println!(
        "{{\"port\": {}, \"webSocket\": {}}}",
        ports.tcp, ports.websocket
    );
    let ended = Broker::new(config(&ports, &users)).start();
    Err(Error::new(
        format!("rumqttd ended: {ended:?}"),
        "try again; another program may just have taken its port",
    ))
}

/// A listener on `usual`, or on any free port when that one is taken.
pub fn listen(usual: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, usual))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .map_err(|e| Error::new(format!("no port is free: {e}"), "end some other servers"))
}

/// rumqttd binds its ports itself, so the port is given back here and taken again a moment later.
fn free_port(usual: u16) -> Result<u16> {
    port_of(&listen(usual)?)
}

pub fn port_of(listener: &TcpListener) -> Result<u16> {
    let address = listener.local_addr();
    address
        .map(|address| address.port())
        .map_err(|e| Error::new(format!("a listener has no address: {e}"), "try again"))
}

fn config(ports: &Ports, users: &Users) -> Config {
    let one = |name: &str, port| {
        let server = server(name, port, users);
        Some(HashMap::from([(name.to_owned(), server)]))
    };
    Config {
        router: RouterConfig {
            max_connections: 100,
            max_outgoing_packet_count: 200,
            max_segment_size: 10 * 1024 * 1024,
            max_segment_count: 10,
            ..RouterConfig::default()
        },
        v4: one("tcp", ports.tcp),
        ws: one("websocket", ports.websocket),
        ..Config::default()
    }
}

fn server(name: &str, port: u16, users: &Users) -> ServerSettings {
    ServerSettings {
        name: name.to_owned(),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: 60_000,
            max_payload_size: MAX_MESSAGE,
            max_inflight_count: 100,
            auth: (!users.is_empty()).then(|| users.clone()),
            external_auth: None,
            dynamic_filters: true,
        },
    }
}

fn wait_until_open(port: u16) -> Result {
    let deadline = Instant::now() + Duration::from_secs(5);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if Instant::now() > deadline {
            return Err(Error::new(
                format!("the broker does not listen on port {port}"),
                "try again; another program may just have taken the port",
            ));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
