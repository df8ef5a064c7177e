/**
 * Any network as it was exported to ONNX, run as the graph that it is: no names are read, and no tensor is looked for.
 * `open.ts` makes the checkpoint of one.
 */
import { CheckpointError } from "../../checkpoints/errors.ts";
import { defineFamily, type Family } from "../family.ts";
import {
  buildExported,
  type ExportedArchitecture,
  exportedReadouts,
  exportedWeights,
  fromExportedWeights,
} from "./network.ts";

export const EXPORTED = "onnx-graph";

const short = ({ graph }: ExportedArchitecture) => graph.slice(0, 12);

const family: Family<ExportedArchitecture> = {
  name: EXPORTED,
  members: [EXPORTED],
  namings: [],
  recognise: () => {
    throw new CheckpointError("an exported graph is not recognised by the names of tensors");
  },
  readouts: exportedReadouts,
  // A graph for any size runs as one: with the size written in, the runtime rounds some of them otherwise.
  fixedSize: ({ input }) => input.height !== null || input.width !== null,
  batch: ({ input }) => input.batch,
  weights: (_, tensors) => exportedWeights(tensors),
  fromTraining: (_, weights, tensors) => fromExportedWeights(weights, tensors),
  build(g, architecture, input, outputs, form, tensors, graph) {
    if (graph === undefined) throw new CheckpointError("an exported graph is lost: load the file again");
    return buildExported(g, architecture, input, outputs, form, tensors, graph);
  },
  title: (architecture) => `ONNX graph ${short(architecture)} of ${architecture.nodes} nodes`,
  recordedAs: (architecture) => `ONNX graph ${short(architecture)}`,
};

export const exported = defineFamily(family);
