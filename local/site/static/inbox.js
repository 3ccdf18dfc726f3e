// Reloads the list every few seconds while the tab is visible.
const INTERVAL_MS = 3000;

for (const time of document.querySelectorAll("time")) time.title = new Date(time.dateTime).toLocaleString();

setInterval(async () => {
  if (document.hidden) return;
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main");
  const current = document.querySelector("main");
  const same = (a, b) => a.querySelector(".count").textContent === b.querySelector(".count").textContent;
  if (!same(fresh, current)) current.replaceChildren(...fresh.children);
}, INTERVAL_MS);
