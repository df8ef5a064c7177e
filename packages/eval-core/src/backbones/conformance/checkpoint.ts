/** Checkpoints as PyTorch writes them, whatever their form: the features and maps of one input, to 1e-4. */
import {
  type ConformanceKind,
  exactly,
  finding,
  findingsOf,
  relativeDifference,
} from "../../conformance/index.ts";
import { writeModel } from "../../onnx/index.ts";
import { backboneGraph } from "../backbone-graph.ts";
import { loadCheckpoint } from "../checkpoint.ts";

const ALLOWED = 1e-4;
const WEIGHTS = /[.](pth|pt|pth[.]tar|safetensors)$/;

export const checkpointConformance: ConformanceKind = {
  kind: "checkpoint",
  title: "features and layer4 of one network in its published file formats, against PyTorch's",
  usesDevice: true,
  goldens: new URL("../../../golden/checkpoint/", import.meta.url),
  async *check(folder, { run, signal }) {
    const input = folder.npy("input.npy");
    for (const name of folder.names().filter((file) => WEIGHTS.test(file))) {
      yield* findingsOf(name, "features, relative to the largest", signal, async () => {
        const checkpoint = await loadCheckpoint(folder.file(name));
        const outputs = ["features", "layer4"] as const;
        const answer = await run(writeModel(backboneGraph(checkpoint, { outputs })), { input }, outputs);
        // Half-precision weights are another network: their features lie beside them.
        const stem = name.replace(WEIGHTS, "");
        const own = folder.has(`features_${stem}.npy`);
        const features = folder.npy(own ? `features_${stem}.npy` : "features.npy");
        const compare = (output: string, golden = folder.npy(`${output}.npy`)) =>
          finding(
            name,
            `${output}, relative to the largest`,
            relativeDifference(answer[output]!, golden),
            ALLOWED,
          );
        const unwanted = checkpoint.kept.filter(({ from }) => from.includes("encoder_k"));
        return [
          exactly(name, "no tensor of a momentum encoder", unwanted.length === 0, unwanted[0]?.from),
          compare("features", features),
          ...(own || !folder.has("layer4.npy") ? [] : [compare("layer4")]),
        ];
      });
    }
  },
};
