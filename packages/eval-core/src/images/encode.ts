/** Pictures for people: PNG files, which lose nothing. */
import sharp from "sharp";
import type { RgbImage } from "./image.ts";

export async function encodePng({ width, height, data }: RgbImage): Promise<Uint8Array> {
  const raw = { width, height, channels: 3 } as const;
  return new Uint8Array(await sharp(data, { raw }).png({ compressionLevel: 9 }).toBuffer());
}
