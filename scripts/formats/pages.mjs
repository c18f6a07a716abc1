// Opens pages as people do, in both schemes and at a phone's width: pages.mjs MODULES CHROMIUM SCREENSHOTS PAGE…
// No page may ask for anything, run anything or fail an audit of accessibility. The first one is photographed.

import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, executablePath, screenshots, ...pages] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const views = [
  { name: "light", colorScheme: "light", width: 1100 },
  { name: "dark", colorScheme: "dark", width: 1100 },
  { name: "phone", colorScheme: "light", width: 360 },
  { name: "forced", colorScheme: "light", forcedColors: "active", width: 1100 },
];

const problems = [];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const [number, file] of pages.entries()) {
  for (const { name, width, ...scheme } of number === 0 ? views : views.slice(0, 1)) {
    // The audit is a script, which the page's own policy forbids.
    const context = await browser.newContext({ ...scheme, viewport: { width, height: 900 }, bypassCSP: true });
    const page = await context.newPage();
    const url = pathToFileURL(file).href;
    page.on("request", (request) => request.url() === url || problems.push(`${file}: asks for ${request.url()}`));
    page.on("dialog", (dialog) => (problems.push(`${file}: ${dialog.message()}`), dialog.dismiss()));
    page.on("pageerror", (error) => problems.push(`${file}: ${error}`));
    await page.goto(url);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, nodes } of violations) problems.push(`${file}, ${name}: ${id}: ${nodes[0].html}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (overflow) problems.push(`${file}, ${name}: wider than the window`);
    if (number === 0) await page.screenshot({ path: join(screenshots, `report-${name}.png`), fullPage: false });
    await context.close();
  }
}
await browser.close();
for (const problem of problems) console.error(problem.slice(0, 400));
if (problems.length > 0) process.exit(1);
console.log(`${pages.length} pages, ${basename(pages[0])} in ${views.length} views`);
