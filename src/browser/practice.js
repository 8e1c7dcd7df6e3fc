// What the shell takes for a WebSocket, as far as socket.js knows one. Its other end is the practice broker, and nothing leaves
// the page.

export class PracticeSocket {
  protocol = "mqtt";
  /** Bytes that the broker was given since it last had its turn. */
  bufferedAmount = 0;
  onopen = null;
  onmessage = null;
  onclose = null;
  #say = null;
  #isClosed = false;

  /** `link` promises a function that links a socket to the broker. */
  constructor(link) {
    link.then((link) => this.#isClosed || link(this), ({ message }) => this.end(message));
  }

  send(bytes) {
    this.bufferedAmount += bytes.length;
    this.#say(bytes.slice());
  }

  close() {
    this.#isClosed = true;
    this.#say?.();
    this.#say = null;
  }

  /** The broker's: it listens to `say` now. */
  linked(id, say) {
    this.#say = (bytes) => say(id, bytes);
    this.onopen();
  }

  /** The broker's: what it says, as a view of linear memory that is only valid now. It has taken what it was given. */
  hear(view) {
    this.bufferedAmount = 0;
    if (view.length) this.onmessage?.({ data: view.slice().buffer, timeStamp: performance.now() });
  }

  /** The broker's: it has closed the link. Or there is none, for this reason. */
  end(reason = "") {
    this.#say = null;
    this.onclose?.({ code: 1006, reason, timeStamp: performance.now() });
  }
}
