/**
 * Vision transformers: DINO, iBOT, MAE, MoCo-v3, I-JEPA, DeiT, DINOv2, DINOv3, CLIP and SigLIP, as their authors, timm,
 * open_clip and transformers write them. One network with switches.
 */
import type { Family } from "./family.ts";
import { defineFamily } from "./family.ts";
import { type VitArchitecture, vitReadouts, vitTitle } from "./vit/architecture.ts";
import { buildVit } from "./vit/graph.ts";
import { namings } from "./vit/namings.ts";
import { recogniseVit } from "./vit/recognise.ts";
import { storageOf, takenApart } from "./vit/storage.ts";
import { vitFromTraining, vitWeights } from "./vit/weights.ts";

const family: Family<VitArchitecture> = {
  name: "vit",
  members: ["vit", "dinov2", "dinov3", "clip", "siglip"],
  namings,
  recognise: recogniseVit,
  convert: (architecture, tensors) => takenApart(architecture, storageOf(tensors), tensors),
  readouts: vitReadouts,
  fixedSize: true,
  weights: vitWeights,
  fromTraining: vitFromTraining,
  build: buildVit,
  isBuffer: (name) => name === "rope.periods",
  title: vitTitle,
  recordedAs: ({ name, heads }) => `${name}, ${heads} heads`,
};

export const vit = defineFamily(family);
