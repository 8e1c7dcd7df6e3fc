// Cuts what crosses the socket into MQTT packets, for `onPacket`. It costs nothing where nobody asks for it.

const TYPES = ["reserved", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE",
  "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "reserved"];

export class PacketTrace {
  constructor(onPacket) {
    this.onPacket = onPacket;
    this.opened();
  }

  /** A new connection begins: what was left of a packet on the old one is gone. */
  opened() {
    this.rest = new Uint8Array(0);
  }

  /** Whole packets, as a view of linear memory that is only valid now. */
  sent(view) {
    this.cut("sent", view.slice());
  }

  /** Any part of the stream. */
  received(bytes) {
    const stream = new Uint8Array(this.rest.length + bytes.length);
    stream.set(this.rest);
    stream.set(bytes, this.rest.length);
    this.rest = this.cut("received", stream);
  }

  cut(direction, stream) {
    for (;;) {
      const { head, end } = extent(stream);
      if (!(end <= stream.length)) return stream;
      const type = TYPES[stream[0] >> 4];
      // Behind its variable header CONNECT has user name and password.
      this.tell({ direction, type, bytes: stream.slice(0, type === "CONNECT" ? head + 10 : end) });
      stream = stream.subarray(end);
    }
  }

  tell(packet) {
    try {
      this.onPacket(packet);
    } catch (error) {
      setTimeout(() => {
        throw error; // shown as uncaught, and the connection goes on
      });
    }
  }
}

/** Where the first packet's fixed header ends, and the packet itself [MQTT-2.2.3]; not a number while that is not known. */
function extent(stream) {
  let length = 0;
  for (let at = 1; at < 5; at++) {
    length += (stream[at] & 127) * 128 ** (at - 1);
    if (stream[at] < 128) return { head: at + 1, end: at + 1 + length };
  }
  return { end: NaN };
}
