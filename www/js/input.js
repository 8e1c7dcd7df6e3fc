// The ways in for a picture: pick, drop, paste, or a URL.
import { $ } from "./dom.js";

/**
 * Returns a function that fetches an address that was typed but not yet left.
 * @param {{ onFile: (file: File) => void, onUrl: (url: string) => void, isOpen: () => boolean }} ways
 * @returns {() => void}
 */
export function setUpInput({ onFile, onUrl, isOpen }) {
  for (const id of ["pick", "change"]) $(id).addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    const [file] = $("file").files;
    if (file && isOpen()) onFile(file);
    $("file").value = ""; // the same file again is a change too
  });
  const takeTyped = setUpUrl(onUrl);
  setUpDrop(onFile, onUrl, isOpen);
  addEventListener("paste", (event) => {
    if (!isOpen()) return;
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
  return takeTyped;
}

function setUpUrl(onUrl) {
  let last = "";
  const take = () => {
    const text = $("url").value.trim();
    if (text && text !== last) onUrl(text);
    last = text;
  };
  $("url").addEventListener("change", take);
  $("url").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // Enter fetches; it does not send
    take();
  });
  $("fetch").addEventListener("click", () => {
    last = "";
    take();
  });
  return take;
}

function setUpDrop(onFile, onUrl, isOpen) {
  let depth = 0;
  const over = (change) => {
    depth = Math.max(0, depth + change);
    $("stage").classList.toggle("over", depth > 0 && isOpen());
  };
  addEventListener("dragenter", () => over(1));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault(); // else the browser leaves the page for the file
    over(-depth);
    if (!isOpen()) return;
    const file = event.dataTransfer?.files[0];
    const url = event.dataTransfer?.getData("text/uri-list").split("\n").find((line) => line && !line.startsWith("#"));
    if (file) onFile(file);
    else if (url) onUrl(url.trim());
  });
}
