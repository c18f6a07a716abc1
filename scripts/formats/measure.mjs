// Opens one large page and says how soon it is usable: measure.mjs MODULES CHROMIUM PAGE
// Fails where it is larger or slower than it is meant to be.

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";

const MEGABYTES = 12;
const SECONDS = 2;

const [modules, executablePath, file] = process.argv.slice(2);
const { chromium } = createRequire(resolve(modules, "package.json"))("playwright-core");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--enable-precise-memory-info"] });
const page = await browser.newPage();

const mark = (name) => page.evaluate((name) => performance.getEntriesByName(name)[0]?.startTime, name);
const done = () => page.waitForFunction(() => performance.getEntriesByName("reprove-all").length > 0, null, { timeout: 120_000 });

/** Milliseconds until what the address asks for is shown as a whole. */
async function took(hash) {
  const start = await page.evaluate((hash) => {
    performance.clearMarks();
    location.hash = hash;
    return performance.now();
  }, hash);
  await done();
  return (await mark("reprove-all")) - start;
}

const say = (what, milliseconds) => console.log(`${what}: ${(milliseconds / 1000).toFixed(2)} s`);
const megabytes = statSync(file).size / 1e6;
console.log(`page: ${megabytes.toFixed(2)} MB, at most ${MEGABYTES} are meant`);
await page.goto(pathToFileURL(file).href);
await done();
const first = await mark("reprove-drawn");
say("first findings are shown", first);
say("all findings are counted", await mark("reprove-all"));
const filtered = await took("#view=list&filter=" + encodeURIComponent("module1 aspect:mtime"));
say("filter", filtered);
say("list, near its end", await took("#view=list&from=999800"));
say("directories", await took("#view=tree"));
const heap = await page.evaluate(() => performance.memory.usedJSHeapSize);
console.log(`heap: ${(heap / 1e6).toFixed(0)} MB`);
await browser.close();
const usable = Math.max(first, filtered) / 1000;
console.log(`usable after ${usable.toFixed(2)} s, at most ${SECONDS} are meant on a quiet machine`);
if (megabytes > MEGABYTES || usable > SECONDS) process.exit(1);
