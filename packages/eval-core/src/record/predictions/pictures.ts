/**
 * Small pictures of test images in one file, so that a page can show the images that methods miss: a line of JSON that says
 * whose picture lies where, then the PNG files one after the other.
 */
import { PredictionsError } from "./file.ts";

export const PICTURES_TYPE = "application/vnd.transferboard.pictures";
export const PICTURES_ROLE = "missed images";
const MAGIC = "transferboard-pictures";

export interface SmallPicture {
  /** The image's place in the test set. */
  readonly image: number;
  readonly png: Uint8Array;
}

interface Place {
  readonly image: number;
  readonly at: number;
  readonly length: number;
}

export function encodePictures(pictures: readonly SmallPicture[]): Uint8Array {
  let at = 0;
  const places = pictures.map(({ image, png }): Place => {
    const place = { image, at, length: png.length };
    at += png.length;
    return place;
  });
  const head = Buffer.from(`${JSON.stringify({ format: MAGIC, version: 1, places })}\n`);
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** @throws PredictionsError on a file that is no such */
export function decodePictures(data: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const end = bytes.indexOf(10);
  let places: readonly Place[] | undefined;
  try {
    const head = JSON.parse(bytes.subarray(0, Math.max(0, end)).toString("utf8")) as {
      format?: string;
      places?: Place[];
    };
    if (head.format === MAGIC) places = head.places;
  } catch {
    places = undefined;
  }
  if (!places)
    throw new PredictionsError("These are no pictures of test images: their first line does not say so.");
  return new Map(
    places.map(({ image, at, length }) => [image, bytes.subarray(end + 1 + at, end + 1 + at + length)]),
  );
}
