/** Attention held against goldens in the form of golden/features/attention. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backboneGraph, loadCheckpoint } from "../../backbones/index.ts";
import { NORMALISATIONS, toTensor } from "../../images/index.ts";
import type { DeviceChoice } from "../../runtime/index.ts";
import { readNpy } from "../../tensor/index.ts";
import { type Comparison, farthest, numbers, relative } from "../comparison.ts";
import { attentionMap, cropOf, diffusion, maskPositions, relativeDistance } from "./map.ts";
import { Occluder } from "./occluder.ts";

interface Expected {
  readonly size: number;
  readonly mask: number;
  readonly crop: number;
  readonly occluded_at: readonly number[];
  readonly kinds: Readonly<
    Record<
      "pooled" | "layer4",
      {
        readonly strides: Readonly<
          Record<
            string,
            {
              readonly passes: number;
              readonly masks_a_pixel: number;
              readonly mean: number;
              readonly diffusion_percent: number;
              readonly nearest_to_mean_relative: number;
            }
          >
        >;
      }
    >
  >;
}

const READOUT = { pooled: "features", layer4: "layer4" } as const;

/** @param checkpointFile the backbone's weights: torchvision.pth of the checkpoint goldens. */
export async function* attentionCases(
  folder: string,
  checkpointFile: string,
  device: DeviceChoice = "cpu",
): AsyncGenerator<Comparison> {
  const npy = (name: string) => numbers(readNpy(join(folder, name)));
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
  const { size, mask } = expected;
  const levels = readNpy(join(folder, "image.npy")).data as Uint8Array;
  const image = toTensor([levels], NORMALISATIONS.imagenet, { width: size, height: size });
  const checkpoint = await loadCheckpoint(checkpointFile);
  yield { what: "side of the map", difference: Math.abs(cropOf(expected) - expected.crop), allowed: 0 };
  for (const kind of ["pooled", "layer4"] as const) {
    const readout = READOUT[kind];
    const graph = backboneGraph(checkpoint, { outputs: [readout] });
    await using occluder = await Occluder.open(graph, readout, { size, mask }, { device });
    await occluder.look(image);
    const clean = await occluder.clean();
    yield { what: `${kind}: clean`, difference: relative(clean, npy(`${kind}_clean.npy`)), allowed: 1e-4 };
    if (kind === "pooled") {
      const masks = expected.occluded_at.flatMap((top) =>
        expected.occluded_at.map((left) => [top, left] as const),
      );
      const rows = await occluder.features(masks);
      const found = rows.flatMap((row) => [...row]);
      yield {
        what: "features under masks",
        difference: relative(found, npy("pooled_occluded.npy")),
        allowed: 1e-4,
      };
    }
    const every = maskPositions({ size, mask, stride: 1 });
    const masks = every.flatMap((top) => every.map((left) => [top, left] as const));
    const rows = await occluder.features(masks);
    const distances = Float64Array.from(rows, (row) => relativeDistance(clean, row));
    const golden = npy(`${kind}_distances.npy`);
    yield { what: `${kind}: distances`, difference: relative(distances, golden), allowed: 1e-4 };
    for (const [text, wanted] of Object.entries(expected.kinds[kind].strides)) {
      const stride = Number(text);
      const geometry = { size, mask, stride };
      const places = maskPositions(geometry);
      const part = Float64Array.from(
        places.flatMap((top) => places.map((left) => distances[top * every.length + left]!)),
      );
      yield {
        what: `${kind}, stride ${stride}: passes`,
        difference: Math.abs(part.length - wanted.passes),
        allowed: 0,
      };
      const map = attentionMap(part, geometry);
      let mapError = Number.POSITIVE_INFINITY;
      if (stride === 1 || stride === 5) {
        mapError = relative(map, npy(`${kind}_map_stride${stride}.npy`));
        yield { what: `${kind}, stride ${stride}: map`, difference: mapError, allowed: 1e-4 };
      }
      const pixel = 100 / map.length;
      // Exact where no value of the map lies nearer to its mean than the map's error.
      const allowed = wanted.nearest_to_mean_relative > mapError ? 1e-9 : pixel * 1.001;
      const difference = farthest([diffusion(map)], [wanted.diffusion_percent]);
      yield { what: `${kind}, stride ${stride}: diffusion in %`, difference, allowed };
    }
  }
}
