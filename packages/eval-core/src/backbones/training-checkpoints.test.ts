/**
 * Checkpoints as trainers leave them: what lies beside the weights is left closed and named, weights in other forms than
 * a dictionary of tensors are read, and what cannot be read says why. The files are PyTorch's own (generate.py).
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoints/errors.ts";
import { memorySource, openSource } from "../checkpoints/source.ts";
import { decodeFloat16 } from "../tensor/half.ts";
import { count } from "../tensor/testing/counts.ts";
import { assemble, loadCheckpoint, loadTensors, readContents } from "./checkpoint.ts";
import { formatInspection, inspectionOf } from "./inspect.ts";

const path = (name: string) =>
  fileURLToPath(new URL(`../../golden/checkpoint/training/${name}`, import.meta.url));
type Numbers = Record<string, { shape: number[]; values: number[] }>;
const expected: { weights: Numbers; arrays: Numbers } = JSON.parse(
  readFileSync(path("expected.json"), "utf8"),
);

async function numbers(name: string, place: string): Promise<Numbers> {
  const found: Numbers = {};
  for (const [key, { dtype, shape, data }] of await loadTensors(path(name))) {
    if (!key.startsWith(place)) continue;
    const values = Array.from(dtype === "float16" ? decodeFloat16(data) : data, Number);
    found[key.slice(place.length)] = { shape: [...shape], values };
  }
  return found;
}

describe("what users reported", () => {
  it.each([
    ["01-pickle-history-buffer", { "mmengine.logging.history_buffer.HistoryBuffer": expect.any(Number) }],
    [
      "02-pickle-onecycle",
      {
        "builtins.getattr": expect.any(Number),
        "torch.optim.lr_scheduler.OneCycleLR": 1,
        "torch.optim.sgd.SGD": 1,
      },
    ],
    ["04-numpy-state-dict", {}],
    ["05-legacy-protocol-4", {}],
  ])("%s is a narrow ResNet-18, and what else the file names is said", async (name, skipped) => {
    const checkpoint = await loadCheckpoint(path(`reported-${name}.pth`));
    expect(checkpoint.architecture.name).toBe("resnet18");
    expect(checkpoint.kept).toHaveLength(100);
    expect(checkpoint.skipped).toEqual(skipped);
    const shown = formatInspection(inspectionOf(checkpoint));
    for (const closed of Object.keys(skipped)) expect(shown).toContain(closed);
  });
});

describe("bookkeeping beside the weights stays closed", () => {
  it.each(["bookkeeping-2.pth", "bookkeeping-4.pth", "bookkeeping-5-legacy.pth"])("%s", async (name) => {
    expect(await numbers(name, "state_dict/")).toEqual(expected.weights);
    const source = openSource(path(name));
    try {
      const { closed } = readContents(source);
      for (const one of [
        "omegaconf.dictconfig.DictConfig",
        "mmengine.runner.utils.Phase",
        "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
        "argparse.Namespace",
        "pathlib.PurePosixPath",
        "datetime.date",
        "uuid.UUID",
        "decimal.Decimal",
        "mylab.schedules.Warmup",
        "mylab.meters.Tags",
        "functools.partial",
      ])
        expect([...closed!.keys()]).toContain(one);
    } finally {
      source.close();
    }
  });
});

describe("more of it, of the standard library and of NumPy", () => {
  it.each(["bookkeeping-more-2.pth", "bookkeeping-more-4.pth"])("%s", async (name) => {
    expect(await numbers(name, "state_dict/")).toEqual(expected.weights);
    const source = openSource(path(name));
    try {
      const closed = [...readContents(source).closed!.keys()];
      for (const one of [
        "mylab.config.Slots",
        "collections.deque",
        "numpy.random._pickle.__generator_ctor",
        "random.Random",
        "re._compile",
        "ipaddress.IPv4Address",
        "fractions.Fraction",
        "pathlib.PureWindowsPath",
        "array.array",
        "builtins.Ellipsis",
      ])
        expect(closed).toContain(one);
    } finally {
      source.close();
    }
  });
});

describe("weights in other forms", () => {
  it.each(["arrays-2.pth", "arrays-4.pth", "arrays-5.pth"])("%s: NumPy arrays", async (name) => {
    expect(await numbers(name, "model/")).toEqual(expected.arrays);
  });

  it.each([
    ["tuple.pth", "0/"],
    ["pairs.pth", ""],
    ["nested-list.pth", "models/0/net/"],
    ["legacy-3.pth", ""],
    ["legacy-5.pth", ""],
  ])("%s, at %s", async (name, place) => {
    expect(await numbers(name, place)).toEqual(expected.weights);
  });
});

describe("what cannot be read says why", () => {
  it.each([
    ["refused-nameless.pth", /its 3 tensors have no names: they lie in a list/],
    ["refused-model.pth", /whole pickled model: save its state_dict\(\) instead of an object of 'torch\.nn/],
    ["refused-packed.pth", /tensor 'fc\.weight' is made by 'mylab\.quantised\.make_packed'/],
    ["refused-holder.pth", /its tensors lie inside an object of the class 'mylab\.models\.Holder'/],
  ])("%s", async (name, reason) => {
    await expect(loadCheckpoint(path(name))).rejects.toThrow(reason);
  });
});

/** A file with one byte of it changed. */
function flipped(bytes: Uint8Array, at: number, by: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= by;
  return copy;
}

describe("one flipped byte of a .pth is refused or harmless", () => {
  const reference = (bytes: Uint8Array) => {
    const source = memorySource(bytes);
    const { tensors, architecture } = assemble(readContents(source), source);
    return { architecture, tensors };
  };
  it("over random places, and at every byte of its end", () => {
    const bytes = new Uint8Array(readFileSync(path("reported-01-pickle-history-buffer.pth")));
    const right = reference(bytes);
    let refused = 0;
    const places = Array.from({ length: count(150, 500) }, () => Math.floor(Math.random() * bytes.length));
    const ends = Array.from({ length: count(60, 600) }, (_, i) => bytes.length - 1 - i * count(10, 1));
    for (const at of [...places, ...ends]) {
      const by = 1 + Math.floor(Math.random() * 255);
      try {
        expect(reference(flipped(bytes, at, by)), `byte ${at} ^ ${by}`).toEqual(right);
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(count(50, 200));
  }, 120_000);
});
