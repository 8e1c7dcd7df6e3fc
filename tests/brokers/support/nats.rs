//! A cluster of three NATS nodes, each with an MQTT listener. It is the quickest real cluster there is.

use core::time::Duration;
use std::process::Command;

use super::folder::Folder;
use super::job::Job;
use super::ports::{answers, free_port};
use super::programs;

/// Three nodes.
pub struct Nats {
    nodes: [Node; 3],
    _folder: Folder,
}

struct Node {
    mqtt: u16,
    job: Job,
}

impl Nats {
    /// Starts it, and waits until its nodes have found each other.
    pub fn start() -> Self {
        let folder = Folder::new();
        let routes = [free_port(), free_port(), free_port()];
        let nodes = [0, 1, 2].map(|index| start_node(&folder, index, &routes));
        let mut cluster = Self {
            nodes,
            _folder: folder,
        };
        for index in 0..3 {
            cluster.wait_for(index);
        }
        cluster
    }

    /// Where each node listens for MQTT.
    pub fn addresses(&self) -> [String; 3] {
        self.nodes
            .each_ref()
            .map(|node| format!("127.0.0.1:{}", node.mqtt))
    }

    /// The port of one node.
    pub fn port(&self, index: usize) -> u16 {
        self.nodes[index].mqtt
    }

    /// Kills a node: its sockets fall without a word.
    pub fn kill(&mut self, index: usize) {
        let job = &mut self.nodes[index].job;
        job.signal("KILL");
        job.wait(Duration::from_secs(10));
    }

    fn wait_for(&mut self, index: usize) {
        let Node { mqtt, job } = &mut self.nodes[index];
        let up = answers(*mqtt, || job.runs());
        assert!(up, "NATS does not start:\n{}", job.said());
    }
}

fn start_node(folder: &Folder, index: usize, routes: &[u16; 3]) -> Node {
    let mqtt = free_port();
    let store = folder.path().join(format!("node{index}"));
    let routes_to = routes
        .map(|port| format!("\"nats://127.0.0.1:{port}\""))
        .join(", ");
    // JetStream holds MQTT's sessions, and needs a name of each node's own.
    let configuration = format!(
        "server_name: node{index}\n\
         listen: \"127.0.0.1:{clients}\"\n\
         jetstream {{ store_dir: \"{store}\" }}\n\
         mqtt {{ listen: \"127.0.0.1:{mqtt}\" }}\n\
         cluster {{ name: cluster, listen: \"127.0.0.1:{own}\", routes: [{routes_to}] }}\n",
        clients = free_port(),
        store = store.display(),
        own = routes[index],
    );
    let file = folder.write(&format!("node{index}.conf"), &configuration);
    let job = Job::start(Command::new(programs::nats()).arg("-c").arg(file));
    Node { mqtt, job }
}
