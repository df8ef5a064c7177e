/** A process that tries one device and prints `works` or the reason why it does not: see `devices.ts`. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { identityModel } from "./identity.ts";

const device = process.argv[2] ?? "cpu";
try {
  const session = await InferenceSession.create(identityModel("float32", 1), {
    executionProviders: [device],
    logSeverityLevel: 4,
  });
  const { y } = await session.run({ x: new Tensor("float32", Float32Array.of(1, 2), [2]) });
  const intact = y && y.data[0] === 1 && y.data[1] === 2;
  console.log(intact ? "works" : "it answered the wrong numbers");
} catch (error) {
  console.log((error instanceof Error ? error.message : String(error)).replace(/\s+/g, " "));
}
