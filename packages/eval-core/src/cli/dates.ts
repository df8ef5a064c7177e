/** One way to write a moment, everywhere in the command: 2026-01-31 12:00 UTC. */
export const moment = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;
