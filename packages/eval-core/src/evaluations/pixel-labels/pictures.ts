/** Label maps, images and normals as PNG files. */
import sharp from "sharp";
import type { LevelMap, RgbImage } from "../../images/index.ts";

/** One 8-bit channel, levels as they are. */
export function encodeLevels({ width, height, data }: LevelMap): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
}

export function encodeRgb({ width, height, data }: RgbImage): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** A colour a class, far apart for neighbours: the bits of its number spread over the channels, as VOC's colour map. */
export function colourOf(cls: number): readonly [number, number, number] {
  const colour: [number, number, number] = [0, 0, 0];
  for (let bit = 0, rest = cls + 1; rest > 0; bit++, rest >>= 3) {
    for (let channel = 0; channel < 3; channel++) colour[channel]! |= ((rest >> channel) & 1) << (7 - bit);
  }
  return colour;
}

/** Classes in colours; below 0 is black. */
export function pictureOfClasses(width: number, height: number, classes: ArrayLike<number>): Promise<Buffer> {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) if (classes[i]! >= 0) data.set(colourOf(classes[i]!), 3 * i);
  return encodeRgb({ width, height, data });
}

/** Unit vectors as colours: x, y, z from -1 to 1 are red, green, blue from 0 to 255; black where `valid` is 0. */
export function pictureOfNormals(
  width: number,
  height: number,
  normals: ArrayLike<number>,
  valid?: ArrayLike<number>,
): Promise<Buffer> {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    if (valid && !(valid[i]! > 0)) continue;
    for (let axis = 0; axis < 3; axis++)
      data[3 * i + axis] = Math.round(Math.min(255, Math.max(0, ((normals[3 * i + axis]! + 1) / 2) * 255)));
  }
  return encodeRgb({ width, height, data });
}
