//! A Chromium without a window, driven over its debugging pipe.
//!
//! The pipe is also a leash: when this process ends, however it ends, the pipe closes, and then Chromium ends itself.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::paths::{Paths, make_dir};
use crate::tools;

/// Chromium wants the pipe as descriptors 3 and 4, which only a shell gives without unsafe code.
const WITH_PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >&2"#;
/// As few visitors from outside and questions to the network as can be.
const FLAGS: [&str; 9] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];
/// How long a command may take; the first one waits for Chromium's start.
const PATIENCE: Duration = Duration::from_secs(60);

/// One tab.
pub struct Chromium {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<Value>,
    last_id: u64,
    /// The tab's name in the protocol.
    session: Option<String>,
    profile: PathBuf,
}

impl Chromium {
    /// Starts Chromium and opens `url`.
    pub fn start(paths: &Paths, url: &str) -> Result<Self> {
        let program = tools::chromium().ok_or_else(|| {
            Error::new(
                "--image needs Chromium or Chrome",
                "install it (apt-get install chromium), or set CHROMIUM to its path",
            )
        })?;
        let mut browser = Self::spawn(paths, program)?;
        let target = browser.call("Target.createTarget", json!({ "url": url }))?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach)?;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        Ok(browser)
    }

    /// The value of a JavaScript expression in the tab.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", parameters)?;
        Ok(answer["result"]["value"].take())
    }

    fn spawn(paths: &Paths, program: PathBuf) -> Result<Self> {
        make_dir(&paths.logs())?;
        let log = paths.logs().join("chromium.log");
        let log = File::create(&log).map_err(|e| Error::file("write chromium.log", &e))?;
        let profile = new_profile(paths);
        let mut child = Command::new("sh")
            .args(["-c", WITH_PIPE])
            .arg(program)
            .args(FLAGS)
            // Root cannot have one; for anybody else it stays.
            .args(tools::is_root().then_some("--no-sandbox"))
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|e| Error::new(format!("no shell: {e}"), "send by hand instead"))?;
        let (Some(commands), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(gone());
        };
        Ok(Self {
            child,
            commands,
            answers: listen(stdout),
            last_id: 0,
            session: None,
            profile,
        })
    }

    fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let written = self.commands.write_all(format!("{command}\0").as_bytes());
        written.map_err(|_| gone())?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let mut message = self.answers.recv_timeout(left).map_err(|_| gone())?;
            // Everything else is an event, and none is of interest.
            if message["id"] == self.last_id {
                return Ok(message["result"].take());
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self
            .commands
            .write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let deadline = Instant::now() + Duration::from_secs(3);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// A directory of this process's own, after removing those that killed processes left behind.
fn new_profile(paths: &Paths) -> PathBuf {
    let tools = paths.target.join("xtask-tools");
    for entry in std::fs::read_dir(&tools).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name
            .strip_prefix("chromium-")
            .map(|id| format!("/proc/{id}"));
        // Where there is no /proc, one cannot tell, and they stay.
        if owner
            .is_some_and(|owner| Path::new("/proc/self").exists() && !Path::new(&owner).exists())
        {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    tools.join(format!("chromium-{}", std::process::id()))
}

/// The messages of the pipe, each of which ends with a zero byte.
fn listen(pipe: ChildStdout) -> Receiver<Value> {
    let (messages, received) = channel();
    std::thread::spawn(move || {
        for message in BufReader::new(pipe)
            .split(0)
            .map_while(core::result::Result::ok)
        {
            let message = serde_json::from_slice(&message).unwrap_or(Value::Null);
            if messages.send(message).is_err() {
                return;
            }
        }
    });
    received
}

fn gone() -> Error {
    Error::new(
        "Chromium has ended or does not answer",
        "see target/xtask-logs/chromium.log",
    )
}
