//! Gets what the suites need from the package managers where that is allowed, and otherwise says what to install.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use super::Bench;
use crate::error::{Error, Result};
use crate::paths::{Paths, make_dir, read, write};
use crate::{build, demo, step, tools};

/// The client library of the reference device.
const PAHO: &str = "paho-mqtt>=2,<3";

/// A broker. Its own version of paho would do no harm, but it brings much else.
const AMQTT: &str = "amqtt==0.12.1";

/// What the judge of pictures computes with.
const JUDGE: [&str; 3] = ["numpy>=1.26", "scipy>=1.11", "pillow>=10.1"];
/// Only its example photographs are read, so that nothing that it imports is needed.
const PHOTOGRAPHS: &str = "scikit-image>=0.22";

/// A peer that dithers for panels.
const PANEL_PEER: &str = "epaper-dithering==6.1.1";

const WASM_PACK: &str = "0.15.1";

impl Bench {
    /// Tells a suite where things are and how much to do.
    pub fn environment(&self, command: &mut Command) {
        let paths = &self.paths;
        command
            .env("MIS_ROOT", &paths.root)
            .env("MIS_WWW", paths.www())
            .env("MIS_PACKAGE", paths.package())
            .env("MIS_EXAMPLES", examples_dir(paths))
            .env("MIS_PYTHON", venv_python(&venv(paths)))
            .env("MIS_AMQTT_PYTHON", venv_python(&amqtt_venv(paths)))
            .env("MIS_RUMQTTD", paths.target.join("xtask/broker"))
            .env("MIS_FULL", if self.args.full { "1" } else { "0" })
            .env("MIS_SEEDS", self.args.seeds.to_string());
        let bin = paths.tools().join("bin");
        let wasm_pack = bin.join("wasm-pack");
        if wasm_pack.exists() {
            // Beside it lies the wasm-bindgen that it would otherwise compile for itself.
            let path = std::env::var_os("PATH").unwrap_or_default();
            let dirs = std::iter::once(bin).chain(std::env::split_paths(&path));
            command.env("MIS_WASM_PACK", &wasm_pack);
            command.env("PATH", std::env::join_paths(dirs).unwrap_or(path.clone()));
        }
        let programs = [
            ("MIS_CHROMIUM", tools::chromium()),
            ("MIS_FIREFOX", tools::firefox()),
            ("MIS_MOSQUITTO", tools::find(&["mosquitto"])),
            ("MIS_NATS", tools::find(&["nats-server"])),
        ];
        for (name, program) in programs {
            // A variable that is empty would look like an answer.
            if let Some(program) = program {
                command.env(name, program);
            }
        }
    }
}

pub fn chromium(paths: &Paths) -> Result<PathBuf> {
    program(paths, "Chromium", &["chromium"], tools::chromium)
}

/// Chromium without its window, which is drawn for nobody: a third less processor time. `None` where Debian has none of
/// the very version of its Chromium, or where the person has named the browser.
pub fn headless_shell(paths: &Paths) -> Option<PathBuf> {
    if std::env::var_os("CHROMIUM").is_some() {
        return None;
    }
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${Version}", "chromium"]);
    let version = query
        .output()
        .ok()
        .filter(|answer| answer.status.success())?;
    let name = "chromium-headless-shell";
    // Another would bring another Chromium with it.
    let package = format!("{name}={}", String::from_utf8(version.stdout).ok()?);
    program(paths, name, &[&package], || tools::find(&[name])).ok()
}

pub fn firefox(paths: &Paths) -> Result<PathBuf> {
    program(paths, "Firefox", &["firefox-esr"], tools::firefox)
}

pub fn mosquitto(paths: &Paths) -> Result<PathBuf> {
    program(paths, "Mosquitto", &["mosquitto"], || {
        tools::find(&["mosquitto"])
    })
}

pub fn nats(paths: &Paths) -> Result<PathBuf> {
    program(paths, "NATS", &["nats-server"], || {
        tools::find(&["nats-server"])
    })
}

/// The library with which the firmware example reaches a broker. The compiler knows where else to look, this does not.
pub fn libmosquitto(paths: &Paths) -> Result<PathBuf> {
    let dirs = [
        "/usr/include",
        "/usr/local/include",
        "/opt/homebrew/include",
    ];
    let find = || {
        let headers = dirs.map(|dir| Path::new(dir).join("mosquitto.h"));
        headers.into_iter().find(|header| header.exists())
    };
    program(
        paths,
        "libmosquitto",
        &["libmosquitto-dev", "gcc", "libc6-dev"],
        find,
    )
}

/// What makes the certificates of the recipes.
pub fn openssl(paths: &Paths) -> Result<PathBuf> {
    let find = || tools::find(&["openssl"]);
    program(paths, "OpenSSL", &["openssl"], find)
}

/// Node; npm comes with it.
pub fn node(paths: &Paths) -> Result<PathBuf> {
    let find = || tools::find(&["npm"]).and_then(|_| tools::find(&["node"]));
    program(paths, "Node.js with npm", &["nodejs", "npm"], find)
}

/// RabbitMQ, which comes with the plugins that speak MQTT.
pub fn rabbitmq(paths: &Paths) -> Result<PathBuf> {
    program(paths, "RabbitMQ", &["rabbitmq-server"], || {
        tools::find(&["rabbitmq-server"])
    })
}

/// rumqttd, in the program that the automation makes of it.
pub fn rumqttd(paths: &Paths) -> Result {
    let mut compile = demo::compile("broker");
    step::run(paths, "rumqttd", &mut compile)?
        .must_succeed(paths)
        .map(drop)
}

/// The Python of an environment of the suites' own, with what the reference device imports.
pub fn python(paths: &Paths) -> Result<PathBuf> {
    python_with(paths, &venv(paths), PAHO)
}

/// The Python of another one, with the broker amqtt.
pub fn amqtt(paths: &Paths) -> Result<PathBuf> {
    python_with(paths, &amqtt_venv(paths), AMQTT)
}

fn python_with(paths: &Paths, venv: &Path, package: &str) -> Result<PathBuf> {
    let python = venv_python(venv);
    let stamp = venv.join(".has");
    if python.exists() && read(&stamp).is_ok_and(|has| has == package) {
        return Ok(python);
    }
    let find = || tools::find(&["python3", "python"]);
    let system = program(paths, "Python 3", &["python3", "python3-venv"], find)?;
    make_venv(paths, &system, venv)?;
    pip(paths, &python, &[package])?;
    write(&stamp, package)?;
    Ok(python)
}

/// The same Python with what the judge of pictures imports, and with photographs to judge.
pub fn judge(paths: &Paths) -> Result<PathBuf> {
    let python = python(paths)?;
    // In the environment, so that it goes when that is made anew.
    let stamp = paths.target.join("venv/.has-judge");
    let wanted = format!("{JUDGE:?} {PHOTOGRAPHS}");
    if read(&stamp).is_ok_and(|has| has == wanted) {
        return Ok(python);
    }
    pip(paths, &python, &JUDGE)?;
    pip(paths, &python, &["--no-deps", PHOTOGRAPHS])?;
    write(&stamp, wanted)?;
    Ok(python)
}

/// The same Python with the dithering that panels are compared with.
pub fn panel_peers(paths: &Paths) -> Result<PathBuf> {
    let python = judge(paths)?;
    let stamp = paths.target.join("venv/.has-panel-peers");
    if read(&stamp).is_ok_and(|has| has == PANEL_PEER) {
        return Ok(python);
    }
    pip(paths, &python, &[PANEL_PEER])?;
    write(&stamp, PANEL_PEER)?;
    Ok(python)
}

fn pip(paths: &Paths, python: &Path, packages: &[&str]) -> Result {
    let mut pip = Command::new(python);
    let quietly = ["--quiet", "--disable-pip-version-check"];
    pip.args(["-m", "pip", "install"])
        .args(quietly)
        .args(packages);
    let name = format!("pip install {}", packages.join(" "));
    step::run(paths, &name, &mut pip)?
        .must_succeed(paths)
        .map(drop)
}

/// What tests/package-lock.json names, and nothing run on its behalf.
pub fn node_modules(paths: &Paths) -> Result {
    npm_ci(paths, "npm ci", &paths.tests())
}

/// What the benchmark compares with, and what the helpers of the tests need that it shares.
pub fn peers(paths: &Paths) -> Result {
    node_modules(paths)?;
    npm_ci(paths, "npm ci benches", &paths.benches())
}

/// The bundlers and the framework of the examples, outside the checkout: most people who run the tests need none of them.
pub fn examples(paths: &Paths) -> Result {
    let dir = examples_dir(paths);
    make_dir(&dir)?;
    for name in ["package.json", "package-lock.json"] {
        let file = paths.tests().join("package/examples").join(name);
        write(&dir.join(name), read(&file)?)?;
    }
    npm_ci(paths, "npm ci examples", &dir)
}

/// Installs what the lock in `dir` names, unless that was done before.
pub fn npm_ci(paths: &Paths, name: &str, dir: &Path) -> Result {
    let lock = read(&dir.join("package-lock.json"))?;
    let stamp = dir.join("node_modules/.installed-lock");
    if read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let npm = tools::find(&["npm"]).unwrap_or_else(|| "npm".into());
    let mut command = Command::new(npm);
    command.arg("--prefix").arg(dir);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    step::run(paths, name, &mut command)?.must_succeed(paths)?;
    write(&stamp, lock)
}

/// wasm-pack and the wasm-bindgen that it needs, compiled: their ready-made programs come from a site of their own.
pub fn wasm_pack(paths: &Paths) -> Result {
    let lock = read(&paths.root.join("Cargo.lock"))?;
    let bindgen = build::bindgen_version(&lock)?;
    tools::cargo_install(paths, "wasm-pack", WASM_PACK, &[])?;
    tools::cargo_install(paths, "wasm-bindgen-cli", bindgen, &[])
}

fn examples_dir(paths: &Paths) -> PathBuf {
    paths.target.join("examples")
}

fn venv(paths: &Paths) -> PathBuf {
    paths.target.join("venv")
}

fn amqtt_venv(paths: &Paths) -> PathBuf {
    paths.target.join("venv-amqtt")
}

fn venv_python(venv: &Path) -> PathBuf {
    venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    })
}

fn make_venv(paths: &Paths, python: &Path, venv: &Path) -> Result {
    let make = |python: &Path| {
        let mut command = Command::new(python);
        command.args(["-m", "venv", "--clear"]).arg(venv);
        step::run(paths, "python -m venv", &mut command)
    };
    if make(python)?.success {
        return Ok(());
    }
    // Debian keeps the module's better half in a package of its own, which also fits only its own Python.
    apt(paths, "python3-venv", &["python3-venv"])?;
    make(Path::new("/usr/bin/python3"))?
        .must_succeed(paths)
        .map(drop)
}

/// A program that is found, or is found after apt has installed `packages`.
fn program(
    paths: &Paths,
    name: &str,
    packages: &[&str],
    find: impl Fn() -> Option<PathBuf>,
) -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    apt(paths, name, packages)?;
    find().ok_or_else(|| missing(name, packages))
}

fn apt(paths: &Paths, name: &str, packages: &[&str]) -> Result {
    static UPDATE: Once = Once::new();
    let apt = tools::find(&["apt-get"]).filter(|_| tools::is_root());
    let apt = apt.ok_or_else(|| missing(name, packages))?;
    let run = |step_name: &str, arguments: &[&str]| {
        let mut command = Command::new(&apt);
        command
            .args(arguments)
            .args(packages.iter().filter(|_| arguments[0] == "install"));
        command.env("DEBIAN_FRONTEND", OsStr::new("noninteractive"));
        step::run(paths, step_name, &mut command)
    };
    // An old list of packages names files that the mirrors have removed. Where the update fails, the install will say so.
    UPDATE.call_once(|| drop(run("apt-get update", &["update"])));
    let install = ["install", "--yes", "--no-install-recommends"];
    run(&format!("apt-get install {}", packages.join(" ")), &install)?
        .must_succeed(paths)
        .map(drop)
}

fn missing(name: &str, packages: &[&str]) -> Error {
    Error::new(
        format!("{name} is not installed"),
        format!("install it: apt-get install {}", packages.join(" ")),
    )
}
