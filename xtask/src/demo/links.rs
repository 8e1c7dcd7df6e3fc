//! The addresses that the demo prints.

use std::fmt::Write;

/// The topics of PROTOCOL.md, which are also those of the page.
pub const TO: &str = "mqttTestPub";
pub const FROM: &str = "mqttTestSub";

/// What the pages are opened with.
pub struct Links {
    /// The page's port on loopback.
    pub port: u16,
    /// The broker as the page reaches it.
    pub broker: String,
}

impl Links {
    /// The send page with nothing filled in.
    pub fn first(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The send page, filled in.
    pub fn send(&self) -> String {
        self.page("index.html")
    }

    /// The send page, filled in, that sends a file of this server at once.
    pub fn send_now(&self, path: &str) -> String {
        format!("{}&url={}&send=1", self.send(), encode(path))
    }

    /// A device in a tab.
    pub fn device(&self) -> String {
        self.page("device.html")
    }

    fn page(&self, name: &str) -> String {
        let broker = encode(&self.broker);
        format!(
            "http://127.0.0.1:{}/{name}?broker={broker}&to={TO}&from={FROM}",
            self.port
        )
    }
}

/// A value of a query. Slashes and colons may stay, and a person reads them more easily.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_what_the_query_would_take_for_its_own() {
        let links = Links {
            port: 8080,
            broker: "ws://h:1/a?b=c&d".to_owned(),
        };
        assert_eq!(
            links.send_now("/demo-image/ü 1.jpg"),
            "http://127.0.0.1:8080/index.html?broker=ws://h:1/a%3Fb%3Dc%26d&to=mqttTestPub&from=mqttTestSub\
             &url=/demo-image/%C3%BC%201.jpg&send=1"
        );
        assert!(links.device().contains("/device.html?broker="));
    }
}
