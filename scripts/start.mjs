/** `npm start` and `npm run dev`: installs what is missing, then runs everything on the pinned Node. */
import { install, runPinned } from "./install.mjs";

await install();
runPinned("scripts/start.ts", process.argv.slice(2));
