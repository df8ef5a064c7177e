/** What every decoder answers and every transform takes: 8-bit RGB pixels; and the one error of this room. */

/** 8-bit RGB, interleaved: pixel (x, y) starts at (y * width + x) * 3. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** An image that cannot be read. The message is one sentence that names the file. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  /** The file, or the name that the caller gave. */
  readonly file: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options);
    this.file = file;
  }
}

/**
 * Pairs pixels with their size.
 * @throws RangeError when the data is not width * height * 3 bytes.
 */
export function rgbImage(width: number, height: number, data: Uint8Array): RgbImage {
  if (data.length !== width * height * 3) {
    throw new RangeError(
      `an RGB image of ${width} x ${height} needs ${width * height * 3} bytes, got ${data.length}`,
    );
  }
  return { width, height, data };
}
