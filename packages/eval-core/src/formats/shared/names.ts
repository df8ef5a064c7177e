/** Slugs and checkpoints of models as formats name them. */
import { slugOfParts as joined, slugOf } from "../../tensor/index.ts";
import type { RowCheckpoint } from "./format.ts";

export const slug = (name: string): string => slugOf(name, "model", { dots: true });

/** "ViT-B/16" stays one part; parts are joined by dots. */
export const slugOfParts = (...parts: readonly string[]): string => joined(parts, "model");

export const checkpointNamed = (name: string, more: Partial<RowCheckpoint> = {}): RowCheckpoint => ({
  name,
  revision: null,
  sha256: null,
  architecture: null,
  featureDimension: null,
  ...more,
});

export interface Named {
  readonly method: string;
  readonly checkpoint: RowCheckpoint;
  readonly aliases: readonly string[];
}

/** A model of the Hugging Face Hub. A git revision is no file's hash. */
export function hubModel(
  repo: string,
  revision: string | null,
  featureDimension: number | null = null,
): Named {
  return {
    method: slugOfParts(...repo.split("/").filter((part) => part.trim() !== "")),
    checkpoint: checkpointNamed(revision === null ? repo : `${repo}@${revision}`, {
      revision,
      featureDimension,
    }),
    aliases: [`hf:${repo}`],
  };
}

/** A checkpoint's repo, where it is one of the Hub's. */
export function repoOf({ aliases }: { readonly aliases: readonly string[] }): string | undefined {
  return aliases.find((alias) => alias.startsWith("hf:"))?.slice(3);
}

export const aliasOf = (
  { aliases }: { readonly aliases: readonly string[] },
  kind: string,
): string | undefined => aliases.find((alias) => alias.startsWith(`${kind}:`))?.slice(kind.length + 1);

/** Stands for a model that is not named, so that everything else is judged all the same; nothing of it is accepted. */
export const UNNAMED: Named & { readonly repo: string } = { ...hubModel("unnamed", null), repo: "unnamed" };
