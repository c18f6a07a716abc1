// Photographs a page as the documentation shows it: screenshots.mjs MODULES CHROMIUM PAGE OUTDIR

import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, executablePath, file, outdir] = process.argv.slice(2);
const { chromium } = createRequire(resolve(modules, "package.json"))("playwright-core");

const pictures = [
  { name: "report", colorScheme: "light", width: 1000, height: 760, hash: "" },
  { name: "list", colorScheme: "dark", width: 1000, height: 620, hash: "#view=list&filter=accepted:no", open: true },
  { name: "phone", colorScheme: "light", width: 360, height: 640, hash: "#view=tree" },
];

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const { name, colorScheme, width, height, hash, open } of pictures) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href + hash);
  await page.waitForFunction(() => performance.getEntriesByName("reprove-all").length > 0);
  if (open) {
    await page.locator("#all .list button").first().click();
    await page.waitForSelector("#all .panel dl");
  }
  await page.screenshot({ path: join(outdir, `${name}.png`) });
  await context.close();
}
await browser.close();
