/**
 * `npm run bench -- record`: what the statistics of the record take, by processor time: all pairs of 14 methods on 10,000
 * images, the model of all results on 2,000 methods x 500 measures, and what a stored prediction weighs.
 */
import {
  bestClasses,
  encodePredictions,
  everyPair,
  fitForecast,
  forecastTable,
  type TestSet,
} from "../src/record/index.ts";
import { NumpyRandomState } from "../src/tensor/index.ts";

const random = new NumpyRandomState(0);

function cpuSeconds<T>(work: () => T): { readonly seconds: number; readonly made: T } {
  const before = process.cpuUsage();
  const made = work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, made };
}

const IMAGES = 10_000;
const CLASSES = 100;
const labels = Array.from({ length: IMAGES }, (_, i) => i % CLASSES);
const methods = Array.from({ length: 14 }, (_, m) => {
  const scores = new Float32Array(IMAGES * CLASSES);
  for (let i = 0; i < scores.length; i++) scores[i] = random.uniform() * 4;
  for (const [i, label] of labels.entries()) scores[i * CLASSES + label]! += 2 + m / 10;
  return bestClasses(scores, CLASSES);
});
const testSet: TestSet = {
  dataset: "made-up",
  manifest: "none",
  items: labels.map(String),
  classes: Array.from({ length: CLASSES }, (_, c) => String(c)),
  labels,
};

const rows: [what: string, figure: string][] = [];
const pairs = cpuSeconds(() => everyPair("accuracy", methods, testSet));
rows.push([
  `${pairs.made.length} pairs of 14 methods on 10,000 images`,
  `${(1_000 * pairs.seconds).toFixed(0)} ms`,
]);
const file = encodePredictions({
  predictions: methods[0]!,
  testSet: "0".repeat(64),
  measures: ["a/b/accuracy"],
});
rows.push(["a stored prediction, 100 classes", `${(file.length / IMAGES).toFixed(1)} bytes an image`]);

const [methodCount, measureCount] = process.argv.includes("--small") ? [200, 50] : [2_000, 500];
const data = new Float64Array(methodCount * measureCount).fill(Number.NaN);
for (let i = 0; i < data.length; i++) if (random.uniform() < 0.4) data[i] = 20 + 60 * random.uniform();
const values = { rows: methodCount, columns: measureCount, data };
const fit = cpuSeconds(() => forecastTable(values));
const named = `${methodCount} x ${measureCount} values, 40% known`;
rows.push([`the model of ${named}`, `${fit.seconds.toFixed(1)} s`]);
const bounds = Array.from({ length: measureCount }, () => ({ lower: 0, upper: 100 }));
const whole = cpuSeconds(() => fitForecast({ table: values, bounds, imagenet: 0 }));
rows.push([
  `as the API keeps it: fitted again without ${whole.made.quality[0]!.cells} cells, beside two plain guesses`,
  `${whole.seconds.toFixed(1)} s`,
]);

console.log("| what | processor time or size |\n|---|---|");
for (const [what, figure] of rows) console.log(`| ${what} | ${figure} |`);
