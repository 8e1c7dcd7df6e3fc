// A WebSocket whose messages reach Rust as bytes in one call each, or in one call a turn of the event loop. Field by field
// through web-sys a message takes seven calls, and a thousand chunks a second feel that.

export const openWebSocket = (url, subprotocol) => new WebSocket(url, subprotocol);

/** Bytes that are gathered at most. A thousand answers of a device fit. */
const GATHERED = 32 * 1024;

export class ByteSocket {
  #socket;
  #onBytes;
  #gathers = false;
  #gathered = null;
  #filled = 0;
  #end = null;

  /** `onBytes` is given a Uint8Array and when it came, a DOMHighResTimeStamp. All may call any method of the socket. */
  constructor(socket, subprotocol, onOpen, onBytes, onText, onClose) {
    socket.binaryType = "arraybuffer";
    // Firefox opens a socket whose server selected no subprotocol at all; other browsers fail it.
    socket.onopen = () => (socket.protocol === subprotocol ? onOpen() : onClose(1006, `the server did not select the subprotocol ${subprotocol}`));
    socket.onmessage = ({ data, timeStamp }) => {
      if (typeof data !== "string") return this.#take(new Uint8Array(data), timeStamp);
      if (this.#handOver(timeStamp)) onText();
    };
    // `error` says nothing that `close` does not say after it.
    socket.onclose = ({ code, reason, timeStamp }) => {
      if (this.#handOver(timeStamp)) onClose(code, reason);
    };
    this.#socket = socket;
    this.#onBytes = onBytes;
  }

  get bufferedAmount() {
    return this.#socket.bufferedAmount;
  }

  send(bytes) {
    this.#socket.send(bytes);
  }

  /** Whether what comes from now on is kept, and handed over in one piece at the end of the turn of the event loop. */
  set gathers(gathers) {
    this.#gathers = gathers;
  }

  /** What is kept, if anything is: whoever looks at something that came after it reads it first. */
  takeGathered() {
    if (!this.#filled) return undefined;
    const bytes = this.#gathered.subarray(0, this.#filled);
    this.#filled = 0;
    return bytes;
  }

  /** Silences and closes it. */
  close() {
    if (this.#end) {
      this.#end.port2.onmessage = null;
      this.#end.port1.close();
    }
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // Safari reports an error for a close without a code. A closed socket ignores the call.
    socket.close(1000);
  }

  #take(bytes, timeStamp) {
    const filled = this.#filled + bytes.length;
    if ((!this.#gathers && !this.#filled) || filled > GATHERED) {
      if (this.#handOver(timeStamp)) this.#onBytes(bytes, timeStamp);
      return;
    }
    this.#gathered ??= new Uint8Array(GATHERED);
    if (!this.#filled) this.#askForEnd();
    this.#gathered.set(bytes, this.#filled);
    this.#filled = filled;
  }

  /** False if that made its owner close the socket: the functions that it gave are gone. */
  #handOver(timeStamp) {
    const bytes = this.takeGathered();
    if (bytes) this.#onBytes(bytes, timeStamp);
    return this.#socket.onclose !== null;
  }

  // A task of its own, which comes after the messages that the socket has ready. `setTimeout` waits for 4 ms when it is
  // nested and for a second in a hidden tab, and a microtask would come after each single message.
  #askForEnd() {
    if (!this.#end) {
      this.#end = new MessageChannel();
      this.#end.port2.onmessage = ({ timeStamp }) => this.#handOver(timeStamp);
    }
    this.#end.port1.postMessage(null);
  }
}
