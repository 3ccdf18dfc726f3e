// Asks for the inbox again every few seconds, while somebody looks, and puts in what has changed.
const EVERY = 3000;

for (const time of document.querySelectorAll("time")) time.title = new Date(time.dateTime).toLocaleString();

setInterval(async () => {
  if (document.hidden) return;
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main");
  const shown = document.querySelector("main");
  const same = (a, b) => a.querySelector(".count").textContent === b.querySelector(".count").textContent;
  if (!same(fresh, shown)) shown.replaceChildren(...fresh.children);
}, EVERY);
