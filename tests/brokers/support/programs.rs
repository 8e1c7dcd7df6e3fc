//! Where the programs of others are: as xtask says in the environment, or in their usual places.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// True where the long versions are asked for (`cargo xtask test full`).
pub fn full() -> bool {
    std::env::var("MIS_FULL").is_ok_and(|value| value == "1")
}

/// The checkout.
pub fn root() -> PathBuf {
    named("MIS_ROOT").unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")))
}

/// The broker Mosquitto.
pub fn mosquitto() -> PathBuf {
    named("MIS_MOSQUITTO")
        .or_else(|| find("mosquitto"))
        .expect("Mosquitto is not installed: apt-get install mosquitto, or set MIS_MOSQUITTO")
}

/// The program that writes Mosquitto's password files.
pub fn mosquitto_passwd() -> PathBuf {
    find("mosquitto_passwd").expect("mosquitto_passwd is missing: apt-get install mosquitto")
}

/// The broker NATS.
pub fn nats() -> PathBuf {
    named("MIS_NATS")
        .or_else(|| find("nats-server"))
        .expect("NATS is not installed: apt-get install nats-server, or set MIS_NATS")
}

/// A Python that can run the reference device.
pub fn python() -> PathBuf {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let venv = root().join("target/venv/bin/python");
        let candidates = [named("MIS_PYTHON"), Some(venv), find("python3")];
        candidates.into_iter().flatten().find(|path| has_paho(path))
    });
    found.clone().expect(
        "no Python with paho-mqtt >= 2: python3 -m venv target/venv && \
         target/venv/bin/pip install 'paho-mqtt>=2,<3', or set MIS_PYTHON",
    )
}

fn named(variable: &str) -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os(variable)?);
    path.exists().then_some(path)
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // An ordinary user's PATH leaves the sbin directories out.
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

fn has_paho(python: &Path) -> bool {
    let script = "from paho.mqtt.enums import CallbackAPIVersion";
    Command::new(python)
        .args(["-c", script])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
