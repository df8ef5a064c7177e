/** `npm run bench`: installs what is missing, then runs the benchmarks on the pinned Node. */
import { install, runPinned } from "./install.mjs";

await install();
runPinned("scripts/bench.ts", process.argv.slice(2));
