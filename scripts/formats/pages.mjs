// Opens pages as people do, in both schemes and at a phone's width: pages.mjs MODULES CHROMIUM SCREENSHOTS PAGE…
// No page may ask for anything, run anything from an image or fail an audit of accessibility, in any of its views; without
// its script it has to be whole but for the list of all findings. The first one is photographed, and used by keyboard.

import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, executablePath, screenshots, ...pages] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const looks = [
  { name: "light", colorScheme: "light", width: 1100 },
  { name: "dark", colorScheme: "dark", width: 1100 },
  { name: "phone", colorScheme: "light", width: 360 },
  { name: "forced", colorScheme: "light", forcedColors: "active", width: 1100 },
];
const views = ["causes", "layers", "tree", "list"];

const problems = [];
const expect = (file, is, what) => is || problems.push(`${file}: ${what}`);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

/** A page, watched: it may ask for nothing but itself, say nothing and fail nowhere. */
async function opened(file, options, hash = "") {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  page.on("request", (request) => expect(file, request.url().split("#")[0] === url, `asks for ${request.url()}`));
  page.on("dialog", (dialog) => (problems.push(`${file}: ${dialog.message()}`), dialog.dismiss()));
  page.on("pageerror", (error) => problems.push(`${file}: ${error}`));
  page.on("console", (message) => problems.push(`${file}: ${message.text()}`));
  await page.goto(url + hash);
  return page;
}

/** Waits until the script has shown what the address asks for. */
async function shown(page, hash) {
  await page.evaluate((to) => {
    performance.clearMarks();
    if (to !== undefined) location.hash = to;
  }, hash);
  if (hash !== undefined) await page.waitForFunction(() => performance.getEntriesByName("reprove-all").length > 0);
}

async function ready(page) {
  if (await page.locator("#all").count()) {
    await page.waitForFunction(() => performance.getEntriesByName("reprove-all").length > 0);
  }
}

async function audit(file, page, name) {
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const { id, nodes } of violations) problems.push(`${file}, ${name}: ${id}: ${nodes[0].html}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(file, !overflow, `${name}: wider than the window`);
  // Only the elements that the page and its script make may be there: none came out of a name.
  const strange = await page.evaluate(() => document.querySelectorAll("img, iframe, object, embed, script[src], base, style ~ style").length);
  expect(file, strange === 0, `${name}: elements that the page does not have`);
}

/** A page in one look, by its audit: as it opens, then in some of its views, with what can be opened there open. */
async function look(file, { name, width, ...scheme }, views, photograph) {
  // The audit is a script, which the page's own policy forbids.
  const page = await opened(file, { ...scheme, viewport: { width, height: 900 }, bypassCSP: true });
  await ready(page);
  await page.evaluate(axe);
  await audit(file, page, name);
  if (photograph) await page.screenshot({ path: join(screenshots, `report-${name}.png`) });
  if ((await page.locator("#all").count()) === 0) return page.context().close();
  for (const view of views) {
    await shown(page, `#view=${view}`);
    const inner = page.locator("#all details > summary, #all .list button");
    for (let at = 0; at < Math.min(3, await inner.count()); at += 1) await inner.nth(at).click();
    await page.waitForFunction(() => !document.querySelector("#all .panel td")?.textContent.startsWith("Reading"));
    await audit(file, page, `${name}, ${view}`);
    if (photograph) await page.screenshot({ path: join(screenshots, `${view}-${name}.png`) });
  }
  await page.context().close();
}

/** The page under its own policy: the script runs by its hash, and finds every finding. */
async function list(file) {
  const page = await opened(file, { viewport: { width: 1100, height: 900 } });
  await ready(page);
  if ((await page.locator("#all").count()) === 0) return page.context().close();
  const total = Number((await page.locator("#findings").innerText()).replace(/\D/g, ""));
  const status = await page.locator("#all [role=status]").innerText();
  expect(file, status.replaceAll(",", "").endsWith(`of ${total}`), `"${status}", but there are ${total}`);
  await shown(page, "#view=list");
  const rows = await page.locator("#all tbody tr").count();
  expect(file, rows === Math.min(total, 200), `${rows} rows of ${total}`);
  await page.context().close();
}

/** A name that is markup is spelled out. */
async function spelled(file) {
  const page = await opened(file, {}, "#view=list");
  await page.waitForSelector("#all .list");
  expect(file, (await page.locator("#all .list").innerText()).includes("<script>alert(1)</script>"), "a name is not spelled out");
  await page.context().close();
}

/** All but the list is there where no script runs. */
async function unscripted(file) {
  const page = await opened(file, { javaScriptEnabled: false, viewport: { width: 1100, height: 900 } });
  const text = await page.locator("body").innerText();
  for (const part of ["machine-id", "Where they differ", "All findings", "The JSON report has them too"]) {
    expect(file, text.includes(part), `without a script there is no "${part}"`);
  }
  expect(file, !text.includes("H4sI"), "without a script the data is shown");
  expect(file, !(await page.locator("button").first().isVisible()), "without a script there are buttons");
  await page.context().close();
}

const texts = (page, selector) => page.locator(selector).allInnerTexts();

/** The filter, the anchors and the keys of the first page. */
async function used(file) {
  const page = await opened(file, { viewport: { width: 1100, height: 900 } }, "#f17");
  await ready(page);
  await page.waitForSelector("#all .panel dl");
  const focused = await page.evaluate(() => document.activeElement.textContent);
  expect(file, focused === "f17", `#f17 leads to ${focused}`);

  await page.keyboard.press("j");
  expect(file, (await page.evaluate(() => document.activeElement.textContent)) === "f18", "j is not the next one");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  expect(file, (await page.locator("#all .panel").count()) === 0, "Enter does not close a finding");
  await page.keyboard.press("?");
  expect(file, await page.locator("dialog").isVisible(), "? shows no help");
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.evaluate(() => performance.clearMarks());
  await page.keyboard.type("accepted:no -ETC/");
  await page.waitForFunction(() => location.hash.includes("ETC"));
  await page.waitForFunction(() => performance.getEntriesByName("reprove-all").length > 0);
  const found = await texts(page, "#all tbody tr");
  expect(file, found.length === 2 && found.join().includes("etc/machine-id"), `capital letters: ${found}`);

  const cases = {
    "accepted:no": 2, "accepted:no etc/": 1, "accepted:no -etc/": 1, "cause:machine-id": 1, "cause:tar-mtime kind:entry": 61,
    "cause:tar-* -cause:tar-mtime": 50, "claim:random": 1, "layer:6": 5, "path:etc": 5, "path:et": 0, "path:et*": 5, "kind:config": 31,
    "aspect:mtime": 50, "aspect:\"modification time\"": 50, "field:/created": 1, "nothing:such": 0, "(.*": 0, '""': 206,
  };
  for (const [filter, count] of Object.entries(cases)) {
    await shown(page, `#${new URLSearchParams({ view: "list", filter })}`);
    const status = await page.locator("#all [role=status]").innerText();
    expect(file, status.startsWith(`${count} finding`), `${filter}: ${status}, not ${count}`);
  }

  await shown(page, "#view=tree");
  await page.locator("#all summary", { hasText: "etc/" }).click();
  // What is below is put there by an event that comes after the click.
  await page.locator("#all details[open] li a", { hasText: "machine-id" }).click();
  await page.waitForFunction(() => location.hash.includes("path"));
  await page.waitForSelector("#all .list");
  await page.locator("#all .list button").first().click();
  await page.waitForSelector("#all .panel dl");
  const panel = await page.locator("#all .panel").innerText();
  expect(file, panel.includes("etc/machine-id") && panel.includes("original"), `panel: ${panel}`);
  await page.goBack();
  await page.waitForSelector("#all .tree");

  await page.locator("a[href='#cause-machine-id']").first().click();
  await page.waitForSelector("#cause-machine-id[open]");
  await page.locator("#causes ~ .scroll td a", { hasText: "61" }).click();
  await page.waitForFunction(() => document.querySelectorAll("#all .list tbody tr").length === 61);
  expect(file, await page.locator("#all .list").isVisible(), "a number leads to no list");
  await page.context().close();
}

for (const [number, file] of pages.entries()) {
  if (number === 0) for (const one of looks) await look(file, one, views, true);
  // Names are in these.
  else await look(file, looks[0], ["tree", "list"], false);
  await list(file);
}
const hostile = pages.find((file) => basename(file) === "hostile-0.html");
if (hostile !== undefined) await spelled(hostile);
await unscripted(pages[0]);
await used(pages[0]);
await browser.close();
for (const problem of problems) console.error(problem.slice(0, 400));
if (problems.length > 0) process.exit(1);
console.log(`${pages.length} pages, ${basename(pages[0])} in ${looks.length} looks and ${views.length} views`);
