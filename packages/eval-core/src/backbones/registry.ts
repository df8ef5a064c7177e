/** Every family of backbones: one line each. The order says which is asked first. */
import { CheckpointError } from "../checkpoints/errors.ts";
import { convnext } from "./convnext.ts";
import { exported } from "./exported/family.ts";
import type { Family } from "./family.ts";
import { resnet } from "./resnet.ts";
import { vit } from "./vit.ts";

export const families: readonly Family[] = [resnet, vit, convnext, exported];

/** @throws CheckpointError for a name that no family has */
export function familyOf({ family }: { readonly family: string }): Family {
  const found = families.find(({ members }) => members.includes(family));
  if (found === undefined) {
    throw new CheckpointError(
      `no family of backbones is called '${family}': known are ${families.flatMap(({ members }) => members).join(", ")}`,
    );
  }
  return found;
}
