/** Decoding, resizing and cropping against Pillow's, in 8-bit levels. */
import { type ConformanceKind, exactly, finding, findingsOf } from "../conformance/index.ts";
import { decodeRgb } from "./decode.ts";
import { centreOffset, PREPROCESSINGS, preprocess, resizedSize } from "./preprocess.ts";

interface Golden {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly resized: readonly [number, number];
  readonly crop_left: number;
  readonly crop_top: number;
}

function differences(actual: Uint8Array, expected: Uint8Array) {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} values, the golden has ${expected.length}`);
  }
  let largest = 0;
  let sum = 0;
  for (const [i, level] of expected.entries()) {
    const difference = Math.abs(actual[i]! - level);
    largest = Math.max(largest, difference);
    sum += difference;
  }
  return { largest, mean: sum / expected.length };
}

export const preprocessConformance: ConformanceKind = {
  kind: "preprocess",
  title: "Pillow's decoding, bicubic resize and centre crop of images in several colour modes",
  usesDevice: false,
  goldens: new URL("../../golden/preprocess/", import.meta.url),
  async *check(folder, { signal }) {
    const { images } = folder.json<{ images: readonly Golden[] }>("expected.json");
    const recipe = PREPROCESSINGS["imagenet-shorter-224"];
    for (const { file, width, height, resized, crop_left, crop_top } of images) {
      yield* findingsOf(file, "crop", signal, async () => {
        const image = await decodeRgb(folder.file(file));
        const size = resizedSize(image.width, image.height, recipe);
        const geometry = [
          ...[image.width, image.height, size.width, size.height],
          ...[centreOffset(size.width, 224), centreOffset(size.height, 224)],
        ];
        const right = [width, height, ...resized, crop_left, crop_top];
        // JPEG decoders round their inverse transform differently; all else is within a level.
        const jpeg = /[.]jpe?g$/.test(file);
        const limits = jpeg ? { largest: 3, mean: 0.5 } : { largest: 1, mean: 0.05 };
        const compare = (what: string, actual: Uint8Array, golden: string) => {
          const { largest, mean } = differences(actual, folder.npyOf(golden, "uint8").data);
          return [
            finding(file, `${what}, levels`, largest, limits.largest),
            finding(file, `${what}, mean level`, mean, limits.mean),
          ];
        };
        const decoded = `${file}.decoded.npy`;
        return [
          exactly(
            file,
            "sizes and offsets",
            geometry.join() === right.join(),
            `${geometry.join(", ")} in place of ${right.join(", ")}`,
          ),
          ...(folder.has(decoded) ? compare("as decoded", image.data, decoded) : []),
          ...compare("crop", preprocess(image, recipe), `${file}.expected.npy`),
        ];
      });
    }
  },
};
