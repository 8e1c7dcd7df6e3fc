// No module: it runs before the first paint. The appearance that was chosen, and whether this browser has been here before:
// the page is written as the first visit finds it, and would jump otherwise. `kept.js` and `texts.js` have the rest.
{
  const root = document.documentElement;
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem("mqtt-image-sender") ?? "{}") ?? {};
  } catch {
    // nothing is kept
  }
  const theme = new URLSearchParams(location.search).get("theme") ?? kept.theme;
  if (theme) root.dataset.theme = theme;
  if (kept.recipients || kept.fields || location.search.length > 1) root.dataset.known = "";
}
