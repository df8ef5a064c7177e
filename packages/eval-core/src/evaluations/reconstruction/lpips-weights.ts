/**
 * The weights that LPIPS needs, from a folder that the user gives: of each network its trunk (torchvision's file) and
 * what was learned over it (the `lpips` package's). Whatever the files are called, they are known by their tensors; a file
 * that is not what it claims is refused in one sentence.
 */
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { loadTensors } from "../../backbones/index.ts";
import { openSource, sha256Of } from "../../checkpoints/source.ts";
import {
  LPIPS_NETWORKS,
  LPIPS_TITLES,
  type LpipsNetwork,
  type LpipsWeights,
  learnedTensors,
  trunkTensors,
} from "../../networks/index.ts";
import { type AnyTensor, toFloat32 } from "../../tensor/index.ts";
import { ProtocolError } from "../protocol-error.ts";

export interface LpipsFiles {
  readonly networks: ReadonlyMap<LpipsNetwork, LpipsWeights>;
  /** What was read, for the record. */
  readonly files: readonly { readonly file: string; readonly sha256: string; readonly is: string }[];
  /** What is not there, and what of the folder is something else, a sentence each. */
  readonly notes: readonly string[];
}

type Tensors = ReadonlyMap<string, AnyTensor>;
type Part = "trunk" | "learned weights";
type Shapes = ReadonlyMap<string, readonly number[]>;

const shapesOf: Readonly<Record<Part, (network: LpipsNetwork) => Shapes>> = {
  trunk: trunkTensors,
  "learned weights": learnedTensors,
};

/** The classifiers of the trunks are never read. */
const READ = /^(features[.]|lin\d)/;
const WEIGHTS = /[.](pth|pt|safetensors)$/;
const same = (a: readonly number[], b: readonly number[]) => a.join() === b.join();
const count = (names: Iterable<string>, of: Tensors) => [...names].filter((name) => of.has(name)).length;

/** @throws ProtocolError naming the folder or file, what was expected and what was found */
export async function readLpipsWeights(folder: string): Promise<LpipsFiles> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new ProtocolError(`--lpips-weights ${folder}: there is no such folder`);
  const found = new Map<string, Tensors>();
  const files: { file: string; sha256: string; is: string }[] = [];
  const notes: string[] = [];
  for (const name of readdirSync(folder)
    .filter((file) => WEIGHTS.test(file))
    .sort()) {
    const file = join(folder, name);
    const tensors = await loadTensors(file, (tensor) => READ.test(tensor));
    const claimed = claimOf(tensors);
    if (claimed === undefined) {
      notes.push(
        `${name} holds neither a network that LPIPS compares by nor its learned weights: it is not read`,
      );
      continue;
    }
    const is = `${claimed.part} of ${LPIPS_TITLES[claimed.network]}`;
    checkTensors(file, tensors, claimed.network, claimed.part);
    const sha256 = await checkedHash(file);
    const twin = files.find((one) => one.is === is);
    if (twin) throw new ProtocolError(`${folder}: ${twin.file} and ${name} are both the ${is}: keep one`);
    found.set(is, tensors);
    files.push({ file: name, sha256, is });
  }
  const networks = new Map<LpipsNetwork, LpipsWeights>();
  for (const network of LPIPS_NETWORKS) {
    const parts = (["trunk", "learned weights"] as const).map((part) => ({
      part,
      tensors: found.get(`${part} of ${LPIPS_TITLES[network]}`),
    }));
    const missing = parts.filter(({ tensors }) => tensors === undefined).map(({ part }) => part);
    if (missing.length > 0) {
      notes.push(
        `LPIPS by ${LPIPS_TITLES[network]} is missing: ${folder} has no ${missing.join(" and no ")} for it`,
      );
      continue;
    }
    const wanted = [...trunkTensors(network).keys(), ...learnedTensors(network).keys()];
    const all = new Map(parts.flatMap(({ tensors }) => [...tensors!]));
    networks.set(network, new Map(wanted.map((name) => [name, toFloat32(all.get(name)!)])));
  }
  return { networks, files, notes };
}

/** Which network's part a file's names and shapes come nearest to; undefined where its names are no such part's. */
function claimOf(tensors: Tensors): { network: LpipsNetwork; part: Part } | undefined {
  const claims = LPIPS_NETWORKS.flatMap((network) =>
    (["trunk", "learned weights"] as const).map((part) => {
      const shapes = shapesOf[part](network);
      const named = count(shapes.keys(), tensors) / shapes.size;
      const own = [...tensors.keys()].filter((name) =>
        name.startsWith(part === "trunk" ? "features." : "lin"),
      );
      const foreign = own.filter((name) => !shapes.has(name)).length / Math.max(1, own.length);
      const fitting = [...shapes].filter(([name, shape]) =>
        same(tensors.get(name)?.shape ?? [], shape),
      ).length;
      return { network, part, named: named - foreign, fitting: fitting / shapes.size };
    }),
  );
  const best = claims.sort((a, b) => b.named - a.named || b.fitting - a.fitting)[0]!;
  return best.named > 0.5 ? best : undefined;
}

function checkTensors(file: string, tensors: Tensors, network: LpipsNetwork, part: Part): void {
  const what = `the ${part} of ${LPIPS_TITLES[network]}`;
  for (const [name, shape] of shapesOf[part](network)) {
    const tensor = tensors.get(name);
    if (!tensor)
      throw new ProtocolError(`${file}: ${what} should have a tensor '${name}', which is not in the file`);
    if (!same(tensor.shape, shape)) {
      throw new ProtocolError(
        `${file}: '${name}' should be [${shape.join(", ")}] in ${what}, found [${tensor.shape.join(", ")}]`,
      );
    }
    const values = toFloat32(tensor).data;
    const wrong = values.findIndex((value) => !Number.isFinite(value) || (part !== "trunk" && value < 0));
    if (wrong >= 0) {
      const rule = part === "trunk" ? "finite numbers" : "0 or more";
      throw new ProtocolError(
        `${file}: '${name}' should be ${rule} throughout in ${what}, found ${values[wrong]}`,
      );
    }
  }
}

/** The digits in a published file's name are the first of its SHA-256. */
async function checkedHash(file: string): Promise<string> {
  const source = openSource(file);
  try {
    const sha256 = await sha256Of(source);
    const digits = /-([0-9a-f]{8})[.](?:pth|pt)$/.exec(basename(file))?.[1];
    if (digits === undefined || sha256.startsWith(digits)) return sha256;
    throw new ProtocolError(
      `${file}: its name says that its SHA-256 begins with ${digits}, but it begins with ${sha256.slice(0, 8)}: the file is damaged or another one, fetch it again`,
    );
  } finally {
    source.close();
  }
}
