/** How numbers and the record's words are shown. Values stay unrounded until they pass through here. */
import type { Aggregate, Direction, Family, Provenance, RunState } from "../../generated/graphql";

export const missing = "–";

/** A value with the metric's digits, a true minus sign, and a dash where there is none. */
export function formatNumber(value: number | null | undefined, digits: number): string {
  if (value == null) return missing;
  return value.toFixed(digits).replace("-", "−");
}

/** Half the width of an interval that is symmetric at the shown digits, as papers print it; else both ends. */
export function formatInterval(value: number, lower: number, upper: number, digits: number): string {
  const above = (upper - value).toFixed(digits);
  const below = (value - lower).toFixed(digits);
  return above === below ? `±${above}` : `+${above} −${below}`;
}

export const directionWords: Record<Direction, string> = {
  HIGHER: "higher is better",
  LOWER: "lower is better",
  NEITHER: "neither side is better",
};

export const familyNames: Record<Family, string> = {
  CONTRASTIVE: "Contrastive",
  CLUSTERING: "Clustering",
  SUPERVISED: "Supervised",
  CONTROL: "Control",
  OTHER: "Other",
};

export const provenanceNames: Record<Provenance, string> = {
  PUBLISHED: "Published",
  SELF_REPORTED: "Self-reported",
  REPRODUCED: "Reproduced",
};

/** One character a cell, explained by the board's legend. Published values, the usual case, carry none. */
export const provenanceMarks: Record<Provenance, string> = {
  PUBLISHED: "",
  SELF_REPORTED: "s",
  REPRODUCED: "r",
};

export const aggregateNames: Record<Aggregate, string> = {
  MEAN: "Mean",
  MEAN_LOGIT: "Mean logit",
  MEAN_RANK: "Mean rank",
  BORDA: "Borda",
};

export const aggregateDigits: Record<Aggregate, number> = { MEAN: 2, MEAN_LOGIT: 3, MEAN_RANK: 2, BORDA: 1 };

/** The first characters of a hash: enough to compare by eye. */
export const shortHash = (hash: string) => hash.slice(0, 10);

export function formatDate(iso: string): string {
  return new Date(iso).toISOString().slice(0, 16).replace("T", " ");
}

/** 75 -> "1 min 15 s"; days from two on. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 172_800) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} days ${Math.floor((whole % 86_400) / 3600)} h`;
}

export const runStates: Record<RunState, string> = {
  QUEUED: "Queued",
  RUNNING: "Running",
  DONE: "Done",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};
