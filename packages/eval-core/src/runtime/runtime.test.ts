import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { GraphBuilder, int, writeModel } from "../onnx/index.ts";
import { type AnyTensor, tensor } from "../tensor/index.ts";
import { RuntimeError, WorkerClient } from "./client.ts";
import { listDevices } from "./devices.ts";
import { identityModel } from "./identity.ts";
import { openSession, type SessionOptions } from "./session.ts";

const cpu = { device: "cpu", threads: 1 } as const;
const vector = (...values: number[]) =>
  tensor("float32", [values.length], Float32Array.from(values)) as AnyTensor;

const ints64 = (...values: number[]) =>
  tensor("int64", [values.length], BigInt64Array.from(values, BigInt)) as AnyTensor;

/** A session that is closed when its test is over. */
async function open(model: Uint8Array, options: SessionOptions) {
  const session = await openSession(model, options);
  onTestFinished(() => session.close());
  return session;
}

describe("openSession", () => {
  it("runs a graph and leaves the caller its arrays", async () => {
    const session = await open(identityModel("float32", 1), cpu);
    expect(session.inputs).toEqual([{ name: "x", dtype: "float32", shape: ["d0"] }]);
    const x = vector(1, 2, 3);
    const { y } = await session.run({ x });
    expect(y).toEqual(vector(1, 2, 3));
    expect(x.data.length).toBe(3);
  });

  it.each(["float64", "float16", "int64", "uint8", "bool"] as const)("passes %s through", async (dtype) => {
    const session = await open(identityModel(dtype, 2), cpu);
    const data = {
      float64: Float64Array.of(0.1, 2),
      float16: Uint16Array.of(0x3c00, 1),
      int64: BigInt64Array.of(-5n, 2n ** 62n),
      uint8: Uint8Array.of(0, 255),
      bool: Uint8Array.of(1, 0),
    }[dtype];
    const x = { dtype, shape: [1, 2], data } as AnyTensor;
    expect((await session.run({ x })).y).toEqual(x);
  });

  it("takes views of larger and of shared buffers", async () => {
    const session = await open(identityModel("float32", 1), cpu);
    const view = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect((await session.run({ x: tensor("float32", [2], view) as AnyTensor })).y).toEqual(vector(1, 2));
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([3, 4]);
    expect((await session.run({ x: tensor("float32", [2], shared) as AnyTensor })).y).toEqual(vector(3, 4));
  });

  it("takes a model and an array in Node's pooled buffers, and gives away only what is asked to be", async () => {
    const session = await open(Buffer.from(identityModel("uint8", 1)), cpu);
    const pooled = tensor("uint8", [3], Buffer.from([1, 2, 3])) as AnyTensor;
    for (const give of [false, true]) {
      expect([...(await session.run({ x: pooled }, ["y"], { give })).y!.data]).toEqual([1, 2, 3]);
    }
    const own = tensor("uint8", [2], Uint8Array.of(4, 5)) as AnyTensor;
    expect([...(await session.run({ x: own }, ["y"], { give: true })).y!.data]).toEqual([4, 5]);
    expect(own.data.length).toBe(0);
  });

  it("keeps constants and outputs in the state, shared by the sessions beside each other", async () => {
    const first = await open(identityModel("float32", 1), cpu);
    const second = await open(identityModel("float32", 1), { beside: first });
    await first.state.set("x", vector(1, 2));
    expect((await second.run({})).y).toEqual(vector(1, 2));
    expect(await first.run({ x: vector(5) }, [], { keep: { y: "x" } })).toEqual({});
    expect((await second.run({})).y).toEqual(vector(5));
    expect(await second.state.read("x")).toEqual(vector(5));
    expect(await second.state.read("x")).toEqual(vector(5));
    await second.state.drop("x");
    await expect(second.run({})).rejects.toThrow("input 'x' is neither fed nor in the state");
  });

  it("answers an output that it also keeps", async () => {
    const session = await open(identityModel("float32", 1), cpu);
    expect((await session.run({ x: vector(7) }, ["y"], { keep: { y: "x" } })).y).toEqual(vector(7));
    expect((await session.run({})).y).toEqual(vector(7));
  });

  it("writes what stays on the CPU in place, and answers the rest", async () => {
    const graph = new GraphBuilder("step");
    const w = graph.input("w", "float32", [3]);
    const x = graph.input("x", "float32", ["n", 3]);
    graph.op(
      "Sub",
      [w, graph.op("ReduceMean", [x, graph.initializer("axis", ints64(0))], { keepdims: int(0) })],
      {},
      { output: "next" },
    );
    graph.op("ReduceSum", [w], { keepdims: int(0) }, { output: "sum" });
    graph.op("Relu", [x], {}, { output: "positive" });
    graph.output("next", "float32", [3]);
    graph.output("sum", "float32", []);
    graph.output("positive", "float32", ["n", 3]);
    const session = await open(writeModel(graph.build()), { ...cpu, stay: ["next"] });
    expect(session.outputs.map((o) => o.name)).toEqual(["next", "sum", "positive"]);
    await session.state.set("w", vector(10, 20, 30));
    const batch = tensor("float32", [2, 3], Float32Array.of(1, -2, 3, 1, -2, 3)) as AnyTensor;
    const keep = { next: "w" };
    // More steps than there are buffers, with answers of a size that is known before the run and of one that is not.
    for (let step = 1; step <= 5; step++) {
      const { sum } = await session.run({ x: batch }, ["sum"], { keep });
      expect(sum!.data[0]).toBe(60 - 2 * (step - 1));
      expect(await session.state.read("w")).toEqual(vector(10 - step, 20 + 2 * step, 30 - 3 * step));
    }
    const { positive } = await session.run({ x: batch }, ["positive"], { keep });
    expect([...positive!.data]).toEqual([1, 0, 3, 1, 0, 3]);
    expect(await session.state.read("w")).toEqual(vector(4, 32, 12));
    const { next } = await session.run({ x: batch }, ["next"], { keep });
    expect(next).toEqual(vector(3, 34, 9));
  });

  it("says what failed in a run whose outputs are written in place, and keeps the state", async () => {
    const graph = new GraphBuilder("gather");
    const w = graph.input("w", "float32", [2]);
    graph.op("Gather", [w, graph.input("from", "int64", [2])], {}, { output: "next" });
    graph.output("next", "float32", [2]);
    const session = await open(writeModel(graph.build()), { ...cpu, stay: ["next"] });
    await session.state.set("w", vector(1, 2));
    const keep = { next: "w" };
    await expect(session.run({ from: ints64(0, 7) }, [], { keep })).rejects.toThrow("Gather");
    await session.run({ from: ints64(1, 0) }, [], { keep });
    expect(await session.state.read("w")).toEqual(vector(2, 1));
  });

  it("outlives the close of a session beside it", async () => {
    const first = await openSession(identityModel("float32", 1), cpu);
    const second = await open(identityModel("float32", 1), { beside: first });
    await first.close();
    await first.close();
    expect((await second.run({ x: vector(1) })).y).toEqual(vector(1));
    await expect(first.run({ x: vector(1) })).rejects.toThrow("the session is closed");
  });

  it("says what does not fit", async () => {
    const session = await open(identityModel("float32", 2), cpu);
    await expect(session.run({ x: vector(1) })).rejects.toThrow(
      "input 'x' is float32 [d0,d1]; it was fed float32 [1]",
    );
    await expect(session.run({ z: vector(1) })).rejects.toThrow("the graph has no input 'z'; it has x");
    await expect(session.run({}, ["z"])).rejects.toThrow("the graph has no output 'z'; it has y");
    await expect(session.state.read("w")).rejects.toThrow("the state holds no 'w'; it holds nothing");
  });

  it("refuses what is no model, and a device that is not there", async () => {
    await expect(openSession(Uint8Array.of(1, 2, 3), cpu)).rejects.toBeInstanceOf(RuntimeError);
    await expect(openSession("/nowhere/model.onnx", cpu)).rejects.toThrow("/nowhere/model.onnx");
    const cuda = (await listDevices()).find(({ device }) => device === "cuda")!;
    if (!cuda.works) {
      await expect(openSession(identityModel("float32", 1), { device: "cuda" })).rejects.toThrow(
        `the device 'cuda' does not work here: ${cuda.reason}`,
      );
    }
  });
});

describe("WorkerClient", () => {
  const crashing = (code: string) =>
    new WorkerClient(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const ask = (client: WorkerClient) => client.ask("drop", { name: "x" });

  it("rejects what waits on a worker that throws or exits, and what is asked after", async () => {
    const port = `import { parentPort } from "node:worker_threads"; parentPort.on("message", () => `;
    const throwing = crashing(`${port}{ throw new Error("out of memory") })`);
    await expect(ask(throwing)).rejects.toThrow("the runtime's worker thread failed: out of memory");
    await expect(ask(throwing)).rejects.toThrow("the runtime's worker thread failed: out of memory");
    await expect(ask(crashing(`${port}process.exit(7))`))).rejects.toThrow("worker thread ended with code 7");
  });

  it("rejects what waits when it is ended", async () => {
    const silent = crashing(
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {})",
    );
    const waiting = expect(ask(silent)).rejects.toThrow("the session is closed");
    await silent.end();
    await waiting;
  });
});

describe("listDevices", () => {
  it("always finds the CPU, and says why another is not there", async () => {
    const reports = await listDevices();
    expect(reports.map((r) => r.device)).toEqual(["cuda", "webgpu", "cpu"]);
    expect(reports.at(-1)).toEqual({ device: "cpu", works: true });
    for (const report of reports) expect(report.works).toBe(report.reason === undefined);
  });
});

describe("the process", () => {
  it.each([
    ["closed", "await session.close();"],
    ["forgotten", ""],
  ])("exits by itself with a session %s", async (_, ending) => {
    const here = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    const script = `
      import { openSession } from ${here("./session.ts")};
      import { identityModel } from ${here("./identity.ts")};
      const session = await openSession(identityModel("float32", 1), { device: "cpu" });
      await session.run({ x: { dtype: "float32", shape: [1], data: Float32Array.of(1) } });
      ${ending}
      console.log("done");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { timeout: 20_000 });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(out).toBe("done\n");
  });
});
