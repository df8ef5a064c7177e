/**
 * What libjpeg refuses in a JPEG's stream and libvips, which asks for rows until all are there, passes over: a marker
 * in the middle of a scan that is none. The rows behind it would be grey.
 */

const MARKER = 0xff;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DRI = 0xdd;

/** Codes that stand alone: TEM and the restarts. */
const isBare = (code: number) => code === 0x01 || (code >= 0xd0 && code <= 0xd7);
/** From the first frame header on all codes but JPG's extensions have a meaning and a length. */
const isKnown = (code: number) => code >= 0xc0 && (code < 0xf0 || code === 0xfe);

/** The first marker before the image's end that has no meaning, as a sentence; undefined where all have one. */
export function brokenMarker(bytes: Uint8Array): string | undefined {
  for (let at = 2; at >= 0; ) {
    at = bytes.indexOf(MARKER, at);
    if (at < 0) return undefined;
    const code = bytes[at + 1];
    if (code === undefined || code === EOI) return undefined;
    // A stuffed byte of the scan, a fill byte, a restart.
    if (code === 0 || code === MARKER || isBare(code)) {
      at += code === MARKER ? 1 : 2;
      continue;
    }
    if (code === SOI || !isKnown(code)) return `byte ${at} holds an unknown marker 0x${code.toString(16)}`;
    // Between restarts libjpeg finds its way back by itself.
    if (code === DRI && bytes.length > at + 5 && (bytes[at + 4] !== 0 || bytes[at + 5] !== 0))
      return undefined;
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length < 2) return undefined;
    at += 2 + length;
    if (code === SOS && at >= bytes.length) return undefined;
  }
  return undefined;
}
