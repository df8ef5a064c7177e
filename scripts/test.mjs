/** `npm test`: installs what is missing, then runs every check on the pinned Node. */
import { install, runPinned } from "./install.mjs";

await install();
runPinned("scripts/test.ts", process.argv.slice(2));
