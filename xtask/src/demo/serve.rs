//! The demo at work: starts everything, says where it is, and reports what arrives.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::Receiver;

use super::args::Args;
use super::device::{self, Received};
use super::http::{self, Site};
use super::links::{FROM, Links, TO};
use super::{broker, once, save};
use crate::error::{Error, Result};
use crate::flags::Flags;
use crate::paths::Paths;

const USUAL_PORT: u16 = 8080;

/// The program.
pub fn serve(flags: Flags) -> Result<ExitCode> {
    let args = Args::parse(flags)?;
    let paths = Paths::find()?;
    let (url, tcp) = find_broker(&args)?;
    let served = args.image.as_deref().map(served_path).transpose()?;
    let port = start_site(&paths, args.port, served.clone())?;
    let links = Links { port, broker: url };
    let device = device::start(&tcp, TO, FROM).map(|received| Device {
        received,
        dir: paths.received(),
    });
    if let Some((path, _)) = served {
        return once::send(&paths, &links.send_now(&path), &device?);
    }
    print_links(&links, &tcp, &paths);
    if args.open {
        open(&links.send());
    }
    match device {
        Ok(device) => device.report_all(),
        // A broker of one's own may have no door for TCP, and the device in a tab needs none.
        Err(error) if args.broker.is_some() => {
            eprintln!("only the device in a tab will receive: {error}");
            loop {
                std::thread::park();
            }
        }
        Err(error) => Err(error),
    }
}

/// The device's images, reported and saved as they come.
pub struct Device {
    received: Receiver<Received>,
    dir: PathBuf,
}

impl Device {
    fn report_all(&self) -> Result<ExitCode> {
        loop {
            self.next(None)?;
        }
    }

    /// Waits for an image, at most as long as `limit`, and saves and reports it.
    pub fn next(&self, limit: Option<std::time::Duration>) -> Result<Option<Received>> {
        let image = match limit {
            Some(limit) => self.received.recv_timeout(limit).ok(),
            None => self.received.recv().ok(),
        };
        match image {
            Some(image) => self.report(image).map(Some),
            None if limit.is_some() => Ok(None),
            None => Err(Error::new("the device has ended", "start the demo again")),
        }
    }

    fn report(&self, image: Received) -> Result<Received> {
        let path = save::save(&self.dir, &image.name, &image.bytes)?;
        let state = if image.whole { "whole" } else { "NOT WHOLE" };
        println!(
            "received {}: {} bytes, crc32 {:08x}, {state}: {}",
            // It comes from the network, and a terminal obeys control characters.
            image.name.escape_debug(),
            image.bytes.len(),
            image.crc32,
            path.display()
        );
        Ok(image)
    }
}

/// The broker's WebSocket URL and its TCP address.
fn find_broker(args: &Args) -> Result<(String, String)> {
    if let Some(own) = &args.broker {
        return Ok((own.url.clone(), own.tcp.clone()));
    }
    let ports = broker::start()?;
    Ok((
        format!("ws://127.0.0.1:{}", ports.websocket),
        format!("127.0.0.1:{}", ports.tcp),
    ))
}

/// The path under which the server offers the file to be sent, and the file.
fn served_path(file: &Path) -> Result<(String, PathBuf)> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let file = std::path::absolute(file)
        .map_err(|e| Error::file(format!("find {}", file.display()), &e))?;
    Ok((format!("/demo-image/{name}"), file))
}

fn start_site(paths: &Paths, port: Option<u16>, extra: Option<(String, PathBuf)>) -> Result<u16> {
    let listener = match port {
        Some(port) => std::net::TcpListener::bind(("127.0.0.1", port)).map_err(|e| {
            Error::new(
                format!("port {port} cannot be used: {e}"),
                "give another --port, or none",
            )
        })?,
        None => broker::listen(USUAL_PORT)?,
    };
    let port = broker::port_of(&listener)?;
    let site = Site::new(paths.www(), extra);
    std::thread::spawn(move || http::serve(listener, site));
    Ok(port)
}

fn print_links(links: &Links, tcp: &str, paths: &Paths) {
    println!("broker     {} (page), {tcp} (devices)", links.broker);
    println!(
        "device     listens on {TO}, answers on {FROM}, saves to {}",
        paths.short(&paths.received())
    );
    println!("send page  {}", links.send());
    println!("           {} as a first visit finds it", links.first());
    println!("one more device, in a tab: {}", links.device());
    println!("Ctrl-C ends it all.");
}

/// Shows an address in the person's browser; where that fails, the printed link is still there.
fn open(url: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        // explorer takes the address as one word; `start` would need a shell, for which & is a sign of its own.
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    command.arg(url).stdout(Stdio::null()).stderr(Stdio::null());
    if command.spawn().is_err() {
        eprintln!("no browser could be opened: open the send page's link yourself");
    }
}
