/** What the API reads of the evaluations: which settings, measures and options there are. Nothing here runs one. */
export { ProtocolError } from "../protocol-error.ts";
export { type CommandOption, optionsOf } from "../settings.ts";
export { jobsOfAsked } from "./divide.ts";
export { type Asked, settingsFromAfar, targetsOfAsked } from "./suites.ts";
