// The page's practice devices: every device whose broker is the one inside the module is played here, so that something answers.
import { play } from "./broker.js";
import { PRACTICE, devices, onRegistry } from "./registry.js";

let last = "";

/** @param {(error: Error) => void} onError */
export function setUpPractice(onError) {
  const settle = () => {
    const played = devices().filter((device) => device.broker === PRACTICE).map(({ to, from }) => ({ to, from }));
    const key = JSON.stringify(played);
    if (key === last) return;
    last = key;
    play(played, () => {}).catch(onError);
  };
  onRegistry(settle);
  settle();
}
