/** Work on files that nobody here wrote, in a process with limits: see `walls.ts` for which hold where. */
export { type Inside, serveSandboxed } from "./inside.ts";
export { memoryHere } from "./memory.ts";
export { runSandboxed, SandboxError, type SandboxLimits, type SandboxOptions } from "./run.ts";
export { type Walls, wallsHere } from "./walls.ts";
