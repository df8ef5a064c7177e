/** Attention held against goldens in the form of golden/features/attention. */
import { backboneGraph, loadCheckpoint } from "../../backbones/index.ts";
import {
  exactly,
  type Finding,
  finding,
  findingsOf,
  type GoldenFolder,
  relativeDifference,
} from "../../conformance/index.ts";
import { NORMALISATIONS, toTensor } from "../../images/index.ts";
import { type AttentionGeometry, attentionMap, diffusion, maskPositions, relativeDistance } from "./map.ts";
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

/** @param where `checkpoint`: the backbone's weights, torchvision.pth of the checkpoint goldens. */
export async function* attentionFindings(
  folder: GoldenFolder,
  where: {
    readonly checkpoint: string;
    readonly device: "auto" | "cpu" | "webgpu" | "cuda";
    readonly threads?: number;
    readonly signal?: AbortSignal;
  },
): AsyncGenerator<Finding> {
  const expected = folder.json<Expected>("expected.json");
  const { size, mask } = expected;
  const { data: levels } = folder.npyOf("image.npy", "uint8");
  const image = toTensor([levels], NORMALISATIONS.imagenet, { width: size, height: size });
  const checkpoint = await loadCheckpoint(where.checkpoint);
  const every = maskPositions({ size, mask, stride: 1 });
  for (const kind of ["pooled", "layer4"] as const) {
    const name = `attention, ${kind}`;
    const relative = (compared: string, found: ArrayLike<number>, file: string) =>
      finding(
        name,
        `${compared}, relative to the largest`,
        relativeDifference(found, folder.npy(file)),
        1e-4,
      );
    yield* findingsOf(name, "distances", where.signal, async function* () {
      const readout = READOUT[kind];
      const graph = backboneGraph(checkpoint, { outputs: [readout] });
      await using occluder = await Occluder.open(graph, readout, { size, mask }, where);
      await occluder.look(image);
      const clean = await occluder.clean();
      yield relative("clean features", clean, `${kind}_clean.npy`);
      const at = (tops: readonly number[]) =>
        occluder.features(tops.flatMap((top) => tops.map((left) => [top, left] as const)));
      if (kind === "pooled") {
        const rows = await at(expected.occluded_at);
        const found = rows.flatMap((row) => [...row]);
        yield relative("features under masks", found, "pooled_occluded.npy");
      }
      const rows = await at(every);
      const distances = Float64Array.from(rows, (row) => relativeDistance(clean, row));
      yield relative("distances", distances, `${kind}_distances.npy`);
      for (const [text, wanted] of Object.entries(expected.kinds[kind].strides))
        yield* strideFindings(name, folder, kind, distances, { size, mask, stride: Number(text) }, wanted);
    });
  }
}

function* strideFindings(
  name: string,
  folder: GoldenFolder,
  kind: string,
  distances: Float64Array,
  geometry: AttentionGeometry,
  wanted: Expected["kinds"]["pooled"]["strides"][string],
): Generator<Finding> {
  const { stride } = geometry;
  const every = maskPositions({ ...geometry, stride: 1 }).length;
  const places = maskPositions(geometry);
  const part = places.flatMap((top) => places.map((left) => distances[top * every + left]!));
  yield exactly(name, `stride ${stride}: passes`, part.length === wanted.passes, `there are ${part.length}`);
  const map = attentionMap(Float64Array.from(part), geometry);
  const file = `${kind}_map_stride${stride}.npy`;
  let error = Number.POSITIVE_INFINITY;
  if (folder.has(file)) {
    error = relativeDifference(map, folder.npy(file));
    yield finding(name, `stride ${stride}: map, relative to the largest`, error, 1e-4);
  }
  // Exact where no value lies nearer to the mean than the map's error; else to one pixel.
  const isExact = wanted.nearest_to_mean_relative > error;
  const difference = Math.abs(diffusion(map) - wanted.diffusion_percent);
  yield finding(name, `stride ${stride}: diffusion, in %`, difference, isExact ? 1e-9 : 100.001 / map.length);
}
