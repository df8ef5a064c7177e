/**
 * The networks whose features LPIPS compares, as torchvision has their `features`: AlexNet, VGG16 and SqueezeNet 1.1,
 * up to the last map that is compared.
 */

export const LPIPS_NETWORKS = ["alex", "vgg", "squeeze"] as const;
export type LpipsNetwork = (typeof LPIPS_NETWORKS)[number];

export const LPIPS_TITLES: Readonly<Record<LpipsNetwork, string>> = {
  alex: "AlexNet",
  vgg: "VGG16",
  squeeze: "SqueezeNet 1.1",
};

export interface TrunkConvolution {
  /** Its tensors are this with `.weight` and `.bias`. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

/** What a trunk does, one after the other; every convolution is followed by a ReLU. */
export type TrunkStep =
  | { readonly kind: "convolution"; readonly convolution: TrunkConvolution }
  | { readonly kind: "pool"; readonly kernel: number; readonly roundsUp: boolean }
  | {
      /** SqueezeNet's module: two convolutions side by side of what a narrow one made. */
      readonly kind: "fire";
      readonly squeeze: TrunkConvolution;
      readonly expand: readonly [TrunkConvolution, TrunkConvolution];
    }
  /** The map as it stands is compared; it has so many channels. */
  | { readonly kind: "compare"; readonly channels: number };

/** How a trunk is written below: a convolution [outputs, kernel, stride, pad], a pool, a fire, or where to compare. */
type Written =
  | { readonly at: number; readonly conv: readonly [number, number, number, number] }
  | { readonly pool: number; readonly roundsUp?: true }
  | { readonly at: number; readonly fire: readonly [squeeze: number, expand: number] }
  | "compare";

const vggBlock = (at: number, width: number, count: number): Written[] => [
  ...Array.from({ length: count }, (_, i): Written => ({ at: at + 2 * i, conv: [width, 3, 1, 1] })),
  "compare",
];

const WRITTEN: Readonly<Record<LpipsNetwork, readonly Written[]>> = {
  alex: [
    { at: 0, conv: [64, 11, 4, 2] },
    "compare",
    { pool: 3 },
    { at: 3, conv: [192, 5, 1, 2] },
    "compare",
    { pool: 3 },
    { at: 6, conv: [384, 3, 1, 1] },
    "compare",
    { at: 8, conv: [256, 3, 1, 1] },
    "compare",
    { at: 10, conv: [256, 3, 1, 1] },
    "compare",
  ],
  vgg: [
    ...vggBlock(0, 64, 2),
    { pool: 2 },
    ...vggBlock(5, 128, 2),
    { pool: 2 },
    ...vggBlock(10, 256, 3),
    { pool: 2 },
    ...vggBlock(17, 512, 3),
    { pool: 2 },
    ...vggBlock(24, 512, 3),
  ],
  squeeze: [
    { at: 0, conv: [64, 3, 2, 0] },
    "compare",
    { pool: 3, roundsUp: true },
    { at: 3, fire: [16, 64] },
    { at: 4, fire: [16, 64] },
    "compare",
    { pool: 3, roundsUp: true },
    { at: 6, fire: [32, 128] },
    { at: 7, fire: [32, 128] },
    "compare",
    { pool: 3, roundsUp: true },
    { at: 9, fire: [48, 192] },
    "compare",
    { at: 10, fire: [48, 192] },
    "compare",
    { at: 11, fire: [64, 256] },
    "compare",
    { at: 12, fire: [64, 256] },
    "compare",
  ],
};

/** @param divisor every width divided by it: 1 for the networks themselves, more for small copies of them in tests. */
export function trunkSteps(network: LpipsNetwork, divisor = 1): TrunkStep[] {
  let channels = 3;
  const convolution = (
    name: string,
    inputs: number,
    [outputs, kernel, stride, pad]: readonly [number, number, number, number],
  ): TrunkConvolution => ({ name, inputs, outputs: outputs / divisor, kernel, stride, pad });
  return WRITTEN[network].map((step): TrunkStep => {
    if (step === "compare") return { kind: "compare", channels };
    if ("pool" in step) return { kind: "pool", kernel: step.pool, roundsUp: step.roundsUp ?? false };
    const name = `features.${step.at}`;
    if ("conv" in step) {
      const made = convolution(name, channels, step.conv);
      channels = made.outputs;
      return { kind: "convolution", convolution: made };
    }
    const [narrow, wide] = step.fire;
    const squeeze = convolution(`${name}.squeeze`, channels, [narrow, 1, 1, 0]);
    const expand = [
      convolution(`${name}.expand1x1`, squeeze.outputs, [wide, 1, 1, 0]),
      convolution(`${name}.expand3x3`, squeeze.outputs, [wide, 3, 1, 1]),
    ] as const;
    channels = expand[0].outputs + expand[1].outputs;
    return { kind: "fire", squeeze, expand };
  });
}

/** The convolutions of a trunk, in its order. */
export function trunkConvolutions(network: LpipsNetwork, divisor = 1): TrunkConvolution[] {
  return trunkSteps(network, divisor).flatMap((step) => {
    if (step.kind === "convolution") return [step.convolution];
    return step.kind === "fire" ? [step.squeeze, ...step.expand] : [];
  });
}

/** Channels of the maps that are compared. */
export const comparedChannels = (network: LpipsNetwork, divisor = 1): number[] =>
  trunkSteps(network, divisor).flatMap((step) => (step.kind === "compare" ? [step.channels] : []));

export const learnedWeightName = (map: number): string => `lin${map}.model.1.weight`;

/** Name and shape of every tensor of a trunk. */
export function trunkTensors(network: LpipsNetwork, divisor = 1): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, outputs, inputs, kernel } of trunkConvolutions(network, divisor)) {
    shapes.set(`${name}.weight`, [outputs, inputs, kernel, kernel]);
    shapes.set(`${name}.bias`, [outputs]);
  }
  return shapes;
}

/** Name and shape of the learned weights of each compared map. */
export function learnedTensors(network: LpipsNetwork, divisor = 1): Map<string, readonly number[]> {
  return new Map(
    comparedChannels(network, divisor).map((channels, map) => [
      learnedWeightName(map),
      [1, channels, 1, 1] as const,
    ]),
  );
}
