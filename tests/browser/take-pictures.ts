/**
 * Takes the README's pictures of a site that runs, such as after `npm start -- --no-demo --reset`, with few colours so that
 * the files stay small:
 *
 *     node tests/browser/take-pictures.ts http://localhost:3000
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { launchChromium } from "./chromium.ts";

const PICTURES = {
  leaderboard: "/suites/many-shot-linear",
  correlation: "/correlation",
} as const;
const COLOURS = 64;

const [site = "http://localhost:3000"] = process.argv.slice(2);
const browser = await launchChromium();
try {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 866 },
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  for (const [name, path] of Object.entries(PICTURES)) {
    await page.goto(`${site}${path}`, { waitUntil: "networkidle" });
    const picture = await sharp(await page.screenshot())
      .png({ palette: true, colours: COLOURS })
      .toBuffer();
    const file = join(import.meta.dirname, "..", "..", "docs", "images", `${name}.png`);
    await writeFile(file, picture);
    console.log(`${file}: ${picture.length.toLocaleString("en")} bytes`);
  }
} finally {
  await browser.close();
}
