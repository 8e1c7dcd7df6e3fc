// The brokers, and where each does something else than the client asks of it: what the README's table is made of.

export const table = {
  mosquitto: { name: "Mosquitto 2.0.11", gaps: { "900 kB": "accepted, never arrives" } },
  nats: { name: "NATS 2.9.10", gaps: { "QoS 2": "PUBLISH closes the link" } },
  rabbitmq: {
    name: "RabbitMQ 3.10.8",
    gaps: { "QoS 2": "granted 1, arrives as 1", will: "comes after a goodbye too", "wrong password": "closed without an answer" },
  },
  aedes: { name: "aedes 1.2.0", gaps: {} },
  rumqttd: { name: "rumqttd 0.20.0", gaps: { "wrong password": "closed without an answer" } },
  amqtt: { name: "amqtt 0.12.1", gaps: { "session resume": "none arrives" } },
};
