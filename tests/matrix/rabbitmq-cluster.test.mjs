import { outlivesANode } from "./cluster.mjs";
import { startCluster } from "./rabbitmq.mjs";

outlivesANode("RabbitMQ", () => startCluster(3));
