/**
 * Runs whose outputs are written where they are told, and not copied from there.
 *
 * onnxruntime-node answers every output in fresh memory, even one that it was given the memory for and has written
 * there: of a ResNet-50's weights and momenta that is 200 MB a step. It converts the outputs in the model's order after
 * the run, and throws at the first that JavaScript has no type for. So a model that is run for what it writes gets such
 * an output in front, an empty sequence. A version that converts sequences, or copies nothing, would answer in place of
 * throwing: then all of this holds too, and may go.
 */

import * as ort from "onnxruntime-node";
import protobuf from "protobufjs/minimal.js";
import { field, wire } from "../onnx/wire.ts";
import { allocate, type DType } from "../tensor/index.ts";

/** The output in front. */
const FRONT = "written/in/place";
/** What the binding says of it once the run is over. */
const RAN = /Non tensor type is temporarily not supported/;

export const isFront = (output: { readonly name: string }): boolean => output.name === FRONT;

/**
 * The model with the sequence as its first output. Parts of a protobuf message may come in any order, and repeated ones
 * in several pieces, so that its piece of the graph is put before the model as it stands.
 */
export function withFront(model: Uint8Array): Uint8Array {
  const writer = protobuf.Writer.create();
  const message = (number: number, write: () => void) => {
    writer.uint32((number << 3) | wire.bytes).fork();
    write();
    writer.ldelim();
  };
  const text = (number: number, value: string) => {
    writer.uint32((number << 3) | wire.bytes).string(value);
  };
  message(field.model.graph, () => {
    message(field.graph.node, () => {
      text(field.node.output, FRONT);
      text(field.node.opType, "SequenceEmpty");
    });
    message(field.graph.output, () => {
      text(field.valueInfo.name, FRONT);
      message(field.valueInfo.type, () => {
        message(field.type.sequenceType, () => {
          message(field.sequenceType.elementType, () => {
            message(field.type.tensorType, () => {
              writer.uint32((field.tensorType.elementType << 3) | wire.varint).uint32(1);
            });
          });
        });
      });
    });
  });
  const front = writer.finish();
  const joined = new Uint8Array(front.length + model.length);
  joined.set(front);
  joined.set(model, front.length);
  return joined;
}

/** Fresh memory for an output; undefined where its size is not known before it is computed. */
export function memoryFor(session: ort.InferenceSession, output: string): ort.Tensor | undefined {
  const expected = session.outputMetadata[session.outputNames.indexOf(output)];
  if (!expected?.isTensor || expected.type === "string") return undefined;
  const dims: number[] = [];
  for (const size of expected.shape) {
    if (typeof size !== "number") return undefined;
    dims.push(size);
  }
  const length = dims.reduce((product, size) => product * size, 1);
  return new ort.Tensor(expected.type, allocate(expected.type as DType, length) as never, dims);
}

/** Runs a model that `withFront` made, and leaves its outputs in the memory given for them. */
export async function runInPlace(
  session: ort.InferenceSession,
  inputs: Readonly<Record<string, ort.Tensor>>,
  outputs: Readonly<Record<string, ort.Tensor>>,
): Promise<void> {
  try {
    await session.run(inputs, { [FRONT]: null, ...outputs });
  } catch (error) {
    if (!(error instanceof Error && RAN.test(error.message))) throw error;
  }
}
