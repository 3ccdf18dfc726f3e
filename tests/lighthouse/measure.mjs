/**
 * Lighthouse's scores of one address: `node measure.mjs ADDRESS mobile|desktop RUNS`, with Chromium in CHROME_PATH.
 *
 * Prints JSON: each category's score, the median of RUNS for those that are measured in time, with what it was made of.
 */
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const [address, form, runs] = process.argv.slice(2);
const TIMES = ["first-contentful-paint", "largest-contentful-paint", "speed-index", "total-blocking-time", "cumulative-layout-shift"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

const reports = [];
// Now and then Chromium does not tell Lighthouse when it began (NO_NAVSTART): that run says nothing.
for (let run = 0; reports.length < Number(runs) && run < 2 * Number(runs); run += 1) {
  const chrome = await launch({ chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"] });
  try {
    const flags = { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" };
    const { lhr } = await lighthouse(address, flags, form === "desktop" ? desktopConfig : undefined);
    if (lhr.runtimeError === undefined) reports.push(lhr);
    else console.error(lhr.runtimeError.message);
  } finally {
    chrome.kill();
  }
}
if (reports.length < Number(runs)) process.exit(1);
reports.sort((a, b) => a.categories.performance.score - b.categories.performance.score);
const median = reports[Math.floor(reports.length / 2)];
const scores = Object.fromEntries(CATEGORIES.map((name) => [name, median.categories[name].score]));
const times = Object.fromEntries(TIMES.map((name) => [name, median.audits[name].displayValue]));
const lacking = CATEGORIES.flatMap((name) => median.categories[name].auditRefs)
  .filter(({ id, weight }) => weight > 0 && median.audits[id].score !== null && median.audits[id].score < 0.9)
  .map(({ id }) => `${id}: ${median.audits[id].displayValue ?? median.audits[id].title}`);
console.log(JSON.stringify({ scores, times, lacking }));
