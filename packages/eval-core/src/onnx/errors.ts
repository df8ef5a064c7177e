/** A graph or an ONNX file that is not what it should be; the message is one sentence for the user. */
export class OnnxError extends Error {
  override name = "OnnxError";
}
