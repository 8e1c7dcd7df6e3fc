import { outlivesANode } from "./cluster.mjs";
import { startCluster } from "./nats.mjs";

outlivesANode("NATS", startCluster);
