//! The options of `cargo xtask demo`.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::flags::{self, Flags};

/// What the person asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Args {
    /// The page's port; without one, 8080 or any that is free.
    pub port: Option<u16>,
    /// Show the page in the person's browser.
    pub open: bool,
    /// The person's own broker, instead of one in this program.
    pub broker: Option<OwnBroker>,
    /// Send this file at once, without a window, and end.
    pub image: Option<PathBuf>,
}

/// A broker that runs already.
#[derive(Debug, PartialEq, Eq)]
pub struct OwnBroker {
    /// Where the page finds it: `ws://…`.
    pub url: String,
    /// Where the device finds it: `host:port`.
    pub tcp: String,
}

impl Args {
    pub fn parse(mut flags: Flags) -> Result<Self> {
        let mut args = Self::default();
        let (mut url, mut tcp) = (None, None);
        while let Some(word) = flags.next() {
            match word.as_str() {
                "--port" => args.port = Some(flags.parsed("--port")?),
                "--open" => args.open = true,
                "--broker" => url = Some(flags.value("--broker")?),
                "--broker-tcp" => tcp = Some(flags.value("--broker-tcp")?),
                "--image" => args.image = Some(existing(flags.value("--image")?)?),
                other => return Err(flags::unknown(other)),
            }
        }
        args.broker = own_broker(url, tcp)?;
        args.check_image()?;
        Ok(args)
    }

    /// Without a window there is nobody to click: the page asks before it sends to a broker elsewhere.
    fn check_image(&self) -> Result {
        let elsewhere = self.broker.as_ref().filter(|broker| !broker.is_loopback());
        match (elsewhere, &self.image) {
            (Some(broker), Some(_)) => Err(Error::new(
                format!("the page asks before it sends to {}", broker.url),
                "leave --image out and send by hand, or use a broker on this machine",
            )),
            _ => Ok(()),
        }
    }
}

impl OwnBroker {
    fn is_loopback(&self) -> bool {
        host(&self.url)
            .is_some_and(|host| host == "localhost" || host == "[::1]" || host.starts_with("127."))
    }
}

fn existing(file: String) -> Result<PathBuf> {
    let path = PathBuf::from(file);
    if path.is_file() {
        return Ok(path);
    }
    Err(Error::new(
        format!("{} is no file", path.display()),
        "give the path of an image after --image",
    ))
}

fn own_broker(url: Option<String>, tcp: Option<String>) -> Result<Option<OwnBroker>> {
    let Some(url) = url else {
        return match tcp {
            None => Ok(None),
            Some(_) => Err(Error::new(
                "--broker-tcp stands alone",
                "give --broker ws://… too",
            )),
        };
    };
    let host = host(&url).ok_or_else(|| {
        Error::new(
            format!("--broker cannot be {url}"),
            "give a URL such as ws://127.0.0.1:9001/mqtt",
        )
    })?;
    let tcp = tcp.unwrap_or_else(|| format!("{host}:1883"));
    Ok(Some(OwnBroker { url, tcp }))
}

/// The host of a WebSocket URL, an IPv6 address in its brackets.
fn host(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("ws://")
        .or_else(|| url.strip_prefix("wss://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let end = match authority.find(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    Some(&authority[..end]).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<const N: usize>(words: [&str; N]) -> Result<Args> {
        Args::parse(Flags::new(words))
    }

    fn error<const N: usize>(words: [&str; N]) -> String {
        parse(words).unwrap_err().to_string()
    }

    #[test]
    fn nothing_is_needed() {
        assert_eq!(parse([]), Ok(Args::default()));
    }

    #[test]
    fn all_options_are_taken() {
        let args = parse(["--port=8081", "--open", "--image", "Cargo.toml"]).unwrap();
        assert_eq!((args.port, args.open), (Some(8081), true));
        assert_eq!(args.image, Some(PathBuf::from("Cargo.toml")));
    }

    #[test]
    fn the_device_looks_for_the_broker_on_its_usual_port() {
        let tcp = |url| parse(["--broker", url]).unwrap().broker.unwrap().tcp;
        assert_eq!(tcp("ws://10.0.0.7:9001/mqtt"), "10.0.0.7:1883");
        assert_eq!(tcp("wss://broker?x=1"), "broker:1883");
        assert_eq!(tcp("ws://[::1]:9001"), "[::1]:1883");
        let args = parse(["--broker-tcp", "h:1", "--broker", "ws://h"]).unwrap();
        assert_eq!(args.broker.unwrap().tcp, "h:1");
        let here = ["--broker", "ws://127.0.0.1:9001", "--image", "Cargo.toml"];
        assert!(parse(here).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(error(["--port", "x"]).contains("--port cannot be x"));
        assert!(error(["--broker", "mqtt://h"]).contains("mqtt://h"));
        assert!(error(["--broker", "ws://"]).contains("--broker cannot be ws://"));
        assert!(error(["--broker-tcp", "h:1"]).contains("--broker-tcp stands alone"));
        assert!(error(["--image", "no.jpg"]).contains("no.jpg is no file"));
        let elsewhere = error(["--broker", "ws://127", "--image", "Cargo.toml"]);
        assert!(
            elsewhere.contains("asks before it sends to ws://127"),
            "{elsewhere}"
        );
        assert!(error(["--what"]).contains("no option --what"));
    }
}
