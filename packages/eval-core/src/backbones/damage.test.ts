/** Damaged and hostile files: one clear sentence each, nothing executed, nothing hung, no absurd allocation. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoints/errors.ts";
import { saveSafetensors } from "../checkpoints/formats/safetensors.ts";
import { memorySource } from "../checkpoints/source.ts";
import { count } from "../tensor/testing/counts.ts";
import { assemble, loadCheckpoint, loadTensors, readContents } from "./checkpoint.ts";
import { tensorDictionaries } from "./find-backbone.ts";

const form = (name: string): string =>
  fileURLToPath(new URL(`../../golden/checkpoint/forms/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "damage-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (content: string): Uint8Array => Buffer.from(content, "latin1");
const bytesOfForm = (name: string): Uint8Array => new Uint8Array(readFileSync(form(name)));

/** A zip as torch.save lays it out, around any pickle. */
const torchZip = (pickle: string, storages: Record<string, Uint8Array> = {}): Uint8Array =>
  zipSync(
    {
      "a/data.pkl": text(pickle),
      ...Object.fromEntries(Object.entries(storages).map(([key, value]) => [`a/data/${key}`, value])),
    },
    { level: 0 },
  );

/** Protocol 2 for {'w': a tensor of these numbers over a storage '0' of 4 floats}. */
function tensorPickle(offset: number, shape: readonly number[], stride: readonly number[]): string {
  const number = (value: number): string => `I${value}\n`;
  const tuple = (values: readonly number[]): string => `(${values.map(number).join("")}t`;
  return `\x80\x02}(U\x01wctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQ${number(offset)}${tuple(shape)}${tuple(stride)}\x89NtRu.`;
}

function safetensors(header: string, data = 0): Uint8Array {
  const json = text(header);
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** Reads everything that is in a file. */
function readAll(bytes: Uint8Array): void {
  const source = memorySource(bytes);
  const dictionaries = tensorDictionaries(readContents(source).root);
  for (const { tensors } of dictionaries) for (const stored of tensors.values()) stored.load();
}

const marker = join(folder, "executed");
const magic = bytesOfForm("odd_legacy.pth").subarray(0, 0x0f);
const whole = bytesOfForm("resnet18.pth");
const legacy = bytesOfForm("resnet18_tensorflow_order_legacy.pth");

/** A zip whose one entry claims `claimed` bytes. */
function bomb(claimed: number): Uint8Array {
  const bytes = zipSync({ "a/data.pkl": new Uint8Array(100_000) }, { level: 9 });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const directory = view.getUint32(bytes.length - 6, true);
  view.setUint32(directory + 24, claimed, true);
  return bytes;
}

const cases: readonly [string, Uint8Array, RegExp][] = [
  ["an empty file", new Uint8Array(0), /the file is empty/],
  ["a web page", text("<!DOCTYPE html><html>"), /a web page/],
  ["a Git LFS pointer", text("version https://git-lfs.github.com/spec/v1\n"), /Git LFS pointer/],
  ["a gzip", text("\x1f\x8b\x08\x00"), /compressed: unpack it first/],
  ["a Keras file", text("\x89HDF\r\n\x1a\n"), /HDF5/],
  ["a NumPy array", text("\x93NUMPY\x01\x00"), /a NumPy array/],
  ["a plain pickle", text("\x80\x04N."), /not one of torch\.save's/],
  ["noise", text("hello there, this is no checkpoint"), /no known format: expected/],
  ["half a .pth", whole.subarray(0, whole.length / 2), /truncated.*fetch it again/],
  ["half a legacy .pth", legacy.subarray(0, legacy.length / 2), /truncated or damaged: storage/],
  ["a legacy .pth cut in its pickle", legacy.subarray(0, 900), /truncated or damaged: its pickle/],
  [
    "a legacy pickle of another number",
    Buffer.concat([magic, text("\x80\x02K\x07.")]),
    /protocol 7 is unknown/,
  ],
  [
    "a pickle that calls os.system",
    torchZip(`\x80\x02cos\nsystem\n(U${String.fromCharCode(6 + marker.length)}touch ${marker}tR.`),
    /asks for 'os\.system', which is not among the names that are only data: refused/,
  ],
  [
    "a legacy pickle that calls os.system",
    Buffer.concat([magic, text(`\x80\x02M\xe9\x03.\x80\x02}.\x80\x02cposix\nsystem\n(U\x02lstR.`)]),
    /'posix\.system'/,
  ],
  ["a stack global", torchZip("\x80\x04\x8c\x08builtins\x8c\x04eval\x93."), /'builtins\.eval'/],
  ["an INST", torchZip("(S'ls'\nios\nsystem\n."), /'os\.system'/],
  ["a dotted way round", torchZip("\x80\x04\x8c\x0ccollections\n\x8c\x0bOrderedDict\x93."), /asks for/],
  [
    "a whole pickled model",
    torchZip("\x80\x02ctorchvision.models.resnet\nResNet\n)\x81."),
    /a whole pickled model: save its state_dict/,
  ],
  ["an extension code", torchZip("\x80\x02\x82\x01."), /unknown instruction 0x82/],
  ["a pickle without end", torchZip("\x80\x02}"), /truncated or damaged: its pickle needs 1 bytes/],
  ["a missing memo", torchZip("\x80\x02h\x07."), /value 7 is used before it is there/],
  [
    "a text of terabytes",
    torchZip("\x80\x04\x8d\xff\xff\xff\xff\xff\x00\x00\x00."),
    /its pickle needs 1099511627775 bytes/,
  ],
  [
    "a TorchScript archive",
    zipSync({ "m/data.pkl": text("."), "m/constants.pkl": text(".") }),
    /TorchScript/,
  ],
  [
    "another zip",
    zipSync({ "word/document.xml": text("<xml/>") }),
    /no data\.pkl \(its entries: 'word\/document\.xml'\)/,
  ],
  ["a big-endian file", zipSync({ "m/data.pkl": text("}."), "m/byteorder": text("big") }), /big-endian/],
  ["a zip bomb", bomb(0xfffffff0), /claims 4294967280 bytes out of \d+: damaged, or made to fill the memory/],
  ["a zip entry that unpacks to more than it says", bomb(50_000), /cannot be unpacked/],
  ["a missing storage", torchZip(tensorPickle(0, [4], [1])), /storage '0' is missing/],
  [
    "a storage that is too short",
    torchZip(tensorPickle(0, [4], [1]), { 0: new Uint8Array(12) }),
    /has 12 bytes, a tensor needs 16/,
  ],
  ["a tensor beyond its storage", torchZip(tensorPickle(1, [4], [1])), /leaves its storage of 4 values/],
  ["a negative stride", torchZip(tensorPickle(3, [4], [-1])), /without storage, offset, shape and strides/],
  ["a shape without its strides", torchZip(tensorPickle(0, [2, 2], [2])), /shape \[2,2\] with strides \[2\]/],
  [
    "a shape beyond all numbers",
    torchZip(tensorPickle(0, [2 ** 40, 2 ** 40], [0, 0])),
    /is damaged: a tensor of shape/,
  ],
  [
    "a safetensors header longer than its file",
    safetensors("{").subarray(0, 9).fill(0xff, 0, 4),
    /header claims 4294967295 bytes, the file has 1 after/,
  ],
  ["a safetensors header that is no JSON", safetensors("{nonsense"), /not a JSON object/],
  [
    "a safetensors tensor beyond the file",
    safetensors('{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 8),
    /truncated: tensor 'w' ends/,
  ],
  [
    "safetensors offsets that do not fit",
    safetensors('{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,8]}}', 8),
    /shape \[4\] of float32 needs 16 bytes, not 8/,
  ],
  [
    "safetensors of an 8-bit float",
    safetensors('{"w":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', 1),
    /of type 'F8_E4M3'/,
  ],
  [
    "safetensors that overlap",
    safetensors(
      '{"v":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"w":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}',
      6,
    ),
    /two tensors overlap/,
  ],
  [
    "half an ONNX model",
    bytesOfForm("resnet18_folded.onnx").subarray(0, 50_000),
    /not a readable ONNX model/,
  ],
];

describe("one clear sentence", () => {
  it.each(cases)("for %s", async (name, bytes, message) => {
    const path = join(folder, `${name.replace(/\W/g, "_")}.pth`);
    writeFileSync(path, bytes);
    const error: unknown = await loadCheckpoint(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    // The reading of single tensors comes after the match: files of one tensor are read directly.
    const reason = /holds no backbone/.test(String(error)) ? thrownBy(() => readAll(bytes)) : error;
    expect(reason).toBeInstanceOf(CheckpointError);
    expect((reason as Error).message).toMatch(message);
    expect((reason as Error).message).not.toMatch(/[\n\r]/);
    expect(existsSync(marker)).toBe(false);
  });

  it("for what nests deeper than any stack", () => {
    const deep = "\x85".repeat(300_000);
    expect(() => readAll(torchZip(`\x80\x02})${deep}}s.`))).not.toThrow();
    expect(() => readAll(Buffer.concat([magic, text(`\x80\x02)${deep}.`)]))).toThrow(/protocol object/);
    const list = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(() => readAll(safetensors(`{"w":{"dtype":${list},"shape":[],"data_offsets":[0,0]}}`))).toThrow(
      CheckpointError,
    );
  });

  it("for names of a million characters, at once", () => {
    const name = "a_".repeat(500_000);
    const entry = '{"dtype":"F32","shape":[],"data_offsets":[0,4]}';
    const started = performance.now();
    expect(() => readAll(safetensors(`{"${name}":${entry}}`, 4))).toThrow(/has 1000000 characters/);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("for what is no file", async () => {
    await expect(loadCheckpoint(join(folder, "absent.pth"))).rejects.toThrow(/absent\.pth: no such file/);
    const empty = mkdtempSync(join(folder, "empty-"));
    await expect(loadCheckpoint(empty)).rejects.toThrow(/a folder without weights/);
  });

  it("for weights that are not finite, or a negative variance", async () => {
    const { tensors } = await loadCheckpoint(form("resnet18.pth"));
    for (const [name, value] of [
      ["layer2.1.conv1.weight", Number.NaN],
      ["layer1.0.bn1.running_var", -1],
    ] as const) {
      const copy = new Map(tensors);
      const weight = copy.get(name)!;
      copy.set(name, { ...weight, data: weight.data.map((x, i) => (i === 3 ? value : x)) });
      const path = join(folder, `${name}.safetensors`);
      saveSafetensors(copy, path);
      await expect(loadCheckpoint(path)).rejects.toThrow(
        `tensor ${name} holds ${value}: the weights are damaged`,
      );
    }
  });

  it("for tensors that claim much more than the file has", () => {
    // A stride of 0 repeats one value: legal in torch, but no network is stored so.
    const bytes = torchZip(tensorPickle(0, [2 ** 30], [0]), { 0: new Uint8Array(16) });
    const source = memorySource(bytes);
    const [dictionary] = tensorDictionaries(readContents(source).root);
    expect(dictionary!.tensors.get("w")!.bytes).toBe(2 ** 32);
    const path = join(folder, "expanded.pth");
    writeFileSync(path, bytes);
    return expect(loadTensors(path)).rejects.toThrow(
      /its tensors claim 4294967296 bytes, the file has \d+: damaged/,
    );
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("fuzzing: it loads, or throws CheckpointError in one line", () => {
  saveSafetensors(
    new Map([
      ["a", { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      ["b", { dtype: "int64", shape: [], data: BigInt64Array.of(5n) }],
    ]),
    join(folder, "small.safetensors"),
  );
  const small: Record<string, Uint8Array> = {
    zip: bytesOfForm("odd.pth"),
    "deflated zip": bytesOfForm("odd_deflated.pth"),
    legacy: bytesOfForm("odd_legacy.pth"),
    "protocol 1": bytesOfForm("odd_legacy_protocol1.pth"),
    safetensors: new Uint8Array(readFileSync(join(folder, "small.safetensors"))),
  };

  const check = (action: () => unknown): void => {
    const error = thrownBy(action);
    if (error === undefined) return;
    expect(error).toBeInstanceOf(CheckpointError);
    expect((error as Error).message).not.toMatch(/[\n\r]/);
  };

  it.each(Object.keys(small))("%s, cut and with bytes changed", (name) => {
    const bytes = small[name]!;
    fc.assert(
      fc.property(
        fc.option(fc.nat(bytes.length), { freq: 4 }),
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
        (length, flips) => {
          const damaged = bytes.slice();
          for (const [at, flip] of flips) damaged[at]! ^= flip;
          check(() => readAll(length === null ? damaged : damaged.subarray(0, length)));
        },
      ),
      { numRuns: count(500, 5000) },
    );
  });

  it.each(["resnet18.pth", "resnet18_folded.onnx", "resnet18_separate.onnx"])("%s, whole", (name) => {
    const bytes = bytesOfForm(name);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = bytes.slice();
        damaged[at]! ^= flip;
        check(() => {
          const source = memorySource(damaged);
          assemble(readContents(source), source);
        });
      }),
      { numRuns: count(20, 500) },
    );
  });
});
