//! Mosquitto with one TCP listener, in a folder of its own.

use core::time::Duration;
use std::process::{Command, Stdio};

use super::folder::Folder;
use super::job::Job;
use super::ports::{answers, free_port};
use super::programs;

/// A broker. It keeps its port and its folder over a restart.
pub struct Mosquitto {
    folder: Folder,
    settings: String,
    port: u16,
    job: Option<Job>,
}

impl Mosquitto {
    /// One that takes everybody.
    pub fn start() -> Self {
        Self::with("allow_anonymous true\n")
    }

    /// One that takes these users with their passwords, and nobody else.
    pub fn with_users(users: &[(&str, &str)]) -> Self {
        let passwords = Folder::new();
        let file = passwords.write("passwords", "");
        for (name, password) in users {
            let status = Command::new(programs::mosquitto_passwd())
                .arg("-b")
                .args([file.as_os_str(), name.as_ref(), password.as_ref()])
                .stderr(Stdio::null())
                .status();
            assert!(status.unwrap().success(), "mosquitto_passwd failed");
        }
        // Mosquitto has read the file when it answers, and does not look again.
        Self::with(&format!(
            "allow_anonymous false\npassword_file {}\n",
            file.display()
        ))
    }

    /// One with further lines in its configuration.
    pub fn with(settings: &str) -> Self {
        let mut broker = Self {
            folder: Folder::new(),
            settings: settings.to_owned(),
            port: 0,
            job: None,
        };
        // Another program may take the port between the look and the start.
        for _ in 0..3 {
            broker.port = free_port();
            if broker.try_start() {
                return broker;
            }
        }
        panic!("Mosquitto does not start:\n{}", broker.said());
    }

    /// Starts it again after [`Mosquitto::end`], where it was.
    pub fn start_again(&mut self) {
        assert!(self.try_start(), "no second start:\n{}", self.said());
    }

    /// Ends it with a signal: with `TERM` it writes down what it holds, with `KILL` it cannot.
    pub fn end(&mut self, signal: &str) {
        let mut job = self.job.take().expect("it runs");
        job.signal(signal);
        job.wait(Duration::from_secs(20));
    }

    /// Stops it in its tracks, or lets it go on: the sockets stay open, nothing is answered.
    pub fn freeze(&self, frozen: bool) {
        let signal = if frozen { "STOP" } else { "CONT" };
        self.job.as_ref().expect("it runs").signal(signal);
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The port alone.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn try_start(&mut self) -> bool {
        let file = self.folder.write("mosquitto.conf", &self.configuration());
        let mut job = Job::start(Command::new(programs::mosquitto()).arg("-c").arg(file));
        let up = answers(self.port, || job.runs()) && job.runs();
        self.job = Some(job);
        up
    }

    fn configuration(&self) -> String {
        let folder = self.folder.path().display();
        let mut lines = format!(
            "listener {} 127.0.0.1\nmax_queued_messages 0\nlog_dest stderr\nlog_type error\nlog_type warning\n\
             persistence true\npersistence_location {folder}/\n{}",
            self.port, self.settings
        );
        // Started by root it would drop to a user of its own, who cannot write in the folder; others cannot be "root".
        if folder_owner_is_root(&self.folder) {
            lines.push_str("user root\n");
        }
        lines
    }

    fn said(&mut self) -> String {
        self.job.as_mut().map(Job::said).unwrap_or_default()
    }
}

fn folder_owner_is_root(folder: &Folder) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(folder.path()).is_ok_and(|entry| entry.uid() == 0)
}
