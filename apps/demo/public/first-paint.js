// Runs before the first paint, so that a page asked for in dark does not flash in light, and the first view, which is in the page in both
// languages, is seen in the visitor's. A file of its own: the page allows no inline scripts.
(() => {
  const [view, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const params = new URLSearchParams(query);
  let saved = {};
  try {
    saved = JSON.parse(localStorage.getItem("loam") ?? "{}");
  } catch {
    // Storage may be forbidden; then the system's choice stands.
  }
  const root = document.documentElement;
  const known = (values, ...asked) => asked.find((value) => values.includes(value));
  const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const language = /^ko\b/i.test(navigator.language) ? "ko" : "en";
  root.dataset.theme = known(["light", "dark"], params.get("theme"), saved.theme) ?? theme;
  root.lang = known(["en", "ko"], params.get("lang"), saved.language) ?? language;
  root.classList.toggle("embedded", params.get("embed") === "1");
  addEventListener("DOMContentLoaded", () => {
    // All at once, not as it comes in.
    if (view === "" || view === "draw") root.dataset.frame = params.has("d") ? "drawn" : "empty";
    const program = document.getElementById("program");
    if (!program) return;
    // The program takes a slow device a second: it begins when the first view has been painted, or at once where nobody looks.
    let begin = () => {
      begin = () => {};
      import(program.href);
    };
    if (document.hidden) return begin();
    requestAnimationFrame(() => setTimeout(() => begin()));
    document.addEventListener("visibilitychange", () => begin());
  });
})();
