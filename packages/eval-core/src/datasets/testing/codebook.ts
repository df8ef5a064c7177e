/** A codebook of surface normals as MATLAB writes it, of any number of rows. */

/** A .mat file with `vocabs`, a 1 x 1 cell of a 1 x 1 struct whose field `normals` is so many unit rows. */
export function matWithCodebook(rows: number): Uint8Array {
  const element = (type: number, data: Uint8Array) => {
    const out = new Uint8Array(8 + Math.ceil(data.length / 8) * 8);
    new DataView(out.buffer).setUint32(0, type, true);
    new DataView(out.buffer).setUint32(4, data.length, true);
    out.set(data, 8);
    return out;
  };
  const ints = (...values: number[]) => new Uint8Array(Int32Array.from(values).buffer);
  const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
  const ascii = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
  const matrix = (kind: number, dims: number[], name: string, ...rest: Uint8Array[]) =>
    element(14, join(element(6, ints(kind, 0)), element(5, ints(...dims)), element(1, ascii(name)), ...rest));
  const values = Float64Array.from({ length: rows * 3 }, (_, i) => (i < rows ? 0 : i < 2 * rows ? 0 : 1));
  const normals = matrix(6, [rows, 3], "", element(9, new Uint8Array(values.buffer)));
  const field = new Uint8Array(8);
  field.set(ascii("normals"));
  const struct = matrix(2, [1, 1], "", element(5, ints(8)), element(1, field), normals);
  const header = new Uint8Array(128).fill(32);
  new DataView(header.buffer).setUint16(124, 0x0100, true);
  header.set(ascii("IM"), 126);
  return join(header, matrix(1, [1, 1], "vocabs", struct));
}
