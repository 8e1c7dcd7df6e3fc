// The ways in for a picture: pick, drop, paste, or a URL.
import { $ } from "./dom.js";

/** A picture is about to come: what prepares it is loaded while the person still chooses. */
const expectPicture = () => import("./pictures.js").then((pictures) => pictures.expectPicture()).catch(() => {}); // said with the picture

/**
 * Returns a function that fetches an address that was typed but not yet left.
 * @param {{ onFile: (file: File) => void, onFiles: (files: File[]) => void, onUrl: (url: string) => void, isOpen: () => boolean, isTaken: (url: string) => boolean }} ways
 *   `isTaken`: the picture is already the one of that address
 * @returns {() => void}
 */
export function setUpInput({ onFile: onOne, onFiles, onUrl, isOpen, isTaken }) {
  const take = (files) => (files.length > 1 ? onFiles([...files]) : onOne(files[0]));
  for (const id of ["pick", "change"]) $(id).addEventListener("click", () => (expectPicture(), $("file").click()));
  $("file").addEventListener("change", () => {
    const files = [...$("file").files];
    if (files.length && isOpen()) take(files);
    $("file").value = ""; // the same file again is a change too
  });
  const takeTyped = setUpUrl(onUrl, isTaken);
  setUpDrop(take, onUrl, isOpen);
  addEventListener("paste", (event) => {
    if (!isOpen()) return;
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    take(files);
  });
  return takeTyped;
}

function setUpUrl(onUrl, isTaken) {
  const typed = () => $("url").value.trim();
  const take = () => {
    if (typed() && !isTaken(typed())) onUrl(typed());
  };
  $("url").addEventListener("change", take);
  $("url").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // Enter fetches; it does not send
    take();
  });
  $("fetch").addEventListener("click", () => typed() && onUrl(typed())); // once more, if it is taken already
  return take;
}

function setUpDrop(onFiles, onUrl, isOpen) {
  let depth = 0;
  const over = (change) => {
    depth = Math.max(0, depth + change);
    $("stage").classList.toggle("over", depth > 0 && isOpen());
  };
  addEventListener("dragenter", () => (expectPicture(), over(1)));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault(); // else the browser leaves the page for the file
    over(-depth);
    if (!isOpen()) return;
    const files = event.dataTransfer?.files;
    const url = event.dataTransfer?.getData("text/uri-list").split("\n").find((line) => line && !line.startsWith("#"));
    if (files?.length) onFiles(files);
    else if (url) onUrl(url.trim());
  });
}
