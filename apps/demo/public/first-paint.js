// Runs before the first paint, so that a page asked for in dark does not flash in light. A file of its own: the page allows no inline scripts.
(() => {
  const params = new URLSearchParams(location.hash.split("?")[1] ?? "");
  let saved = {};
  try {
    saved = JSON.parse(localStorage.getItem("loam") ?? "{}");
  } catch {
    // Storage may be forbidden; then the system's choice stands.
  }
  const theme = params.get("theme") ?? saved.theme;
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
