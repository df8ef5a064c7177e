/** Which networks are taken, under which names, and the sentences that refuse the rest. No weights are read here. */
import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../checkpoints/errors.ts";
import { StoredTensor } from "../../checkpoints/stored.ts";
import { tensor } from "../../tensor/tensor.ts";
import { type FindOptions, findBackbone } from "../find-backbone.ts";
import { matchArchitecture } from "./match.ts";
import {
  type Block,
  depthOf,
  expansion,
  expectedTensors,
  published,
  type ResNetArchitecture,
} from "./modules.ts";

function makeArchitecture(
  overrides: { block?: Block; blocks?: readonly number[]; stem?: number } = {},
): ResNetArchitecture {
  const { block = "bottleneck", blocks = [3, 4, 6, 3], stem = 64 } = overrides;
  const inner = [1, 2, 4, 8].map((factor) => stem * factor);
  const outer = inner.map((channels) => channels * expansion[block]);
  const depth = depthOf(block, blocks);
  return {
    name: `resnet${depth}`,
    depth,
    block,
    blocks,
    width: stem / 64,
    widths: { stem, inner, outer },
    featureDimension: outer[3]!,
  };
}

const stored = (shape: readonly number[]): StoredTensor =>
  new StoredTensor("float32", shape, () => tensor("float32", [0], new Float32Array(0)));

type Named = Map<string, StoredTensor>;

/** A ResNet's tensors, counters included, under a prefix. */
function makeTensors(prefix = "", architecture = makeArchitecture({ stem: 8 })): Named {
  const tensors: Named = new Map();
  for (const [name, shape] of expectedTensors(architecture)) {
    tensors.set(prefix + name, stored(shape));
    if (name.endsWith("running_var")) {
      tensors.set(prefix + name.replace("running_var", "num_batches_tracked"), stored([]));
    }
  }
  return tensors;
}

const joined = (...maps: readonly Map<string, unknown>[]): Map<string, unknown> =>
  new Map(maps.flatMap((map) => [...map]));

function load(root: unknown, options: FindOptions & { anyDepth?: boolean } = {}) {
  const found = findBackbone(root, options);
  const architecture = matchArchitecture(
    new Map(found.kept.map(({ name, tensor: t }) => [name, t])),
    options,
  );
  return { ...found, architecture };
}

const parametersOf: Record<string, number> = {
  resnet18: 11_176_512,
  resnet34: 21_284_672,
  resnet50: 23_508_032,
  resnet101: 42_500_160,
  resnet152: 58_143_808,
};

describe("architectures", () => {
  it.each(published)("counts torchvision's parameters: $block $blocks", (member) => {
    const architecture = makeArchitecture(member);
    let parameters = 0;
    for (const [name, shape] of expectedTensors(architecture)) {
      if (!name.includes("running_")) parameters += shape.reduce((a, b) => a * b, 1);
    }
    expect(parameters).toBe(parametersOf[architecture.name]);
  });

  const cases = published.flatMap((member) => [8, 64, 128, 256].map((stem) => ({ ...member, stem })));
  it.each(cases)("deduces $block $blocks with a stem of $stem", (member) => {
    const architecture = makeArchitecture(member);
    expect(load(makeTensors("", architecture)).architecture).toEqual(architecture);
  });

  it("takes unusual widths as they are: a wide ResNet-50-2", () => {
    const wide = makeArchitecture();
    const architecture = { ...wide, widths: { ...wide.widths, inner: [128, 256, 512, 1024] } };
    expect(load(makeTensors("", architecture)).architecture).toEqual(architecture);
  });

  it("takes groups of the 3x3 convolutions: a ResNeXt", () => {
    const grouped = { ...makeArchitecture({ stem: 8 }), name: "resnext50", groups: 4 };
    expect(load(makeTensors("", grouped)).architecture).toEqual(grouped);
  });

  it("takes ResNet-D's stem and shortcuts, and says what of them is missing", () => {
    const plain = makeArchitecture({ stem: 8 });
    const deep = {
      ...plain,
      name: "resnet50d",
      widths: { ...plain.widths, before: [4, 4] },
      variant: "d" as const,
    };
    expect(load(makeTensors("", deep)).architecture).toEqual(deep);
    const lacking = makeTensors("", deep);
    lacking.delete("layer2.0.downsample.1.weight");
    expect(() => load(lacking)).toThrow(/ResNet-50-D.*missing: layer2\.0\.downsample\.1\.weight/);
  });

  it("takes any depth only when asked", () => {
    const small = makeArchitecture({ blocks: [1, 1, 1, 1], stem: 8 });
    expect(() => load(makeTensors("", small))).toThrow(
      /1, 1, 1, 1 bottleneck blocks: no ResNet of depth 18, 34/,
    );
    expect(load(makeTensors("", small), { anyDepth: true }).architecture).toMatchObject({ name: "resnet14" });
  });
});

describe("layouts", () => {
  const head = new Map([["fc.weight", stored([10, 256])]]);
  it.each<[string, unknown, string, FindOptions?]>([
    ["torchvision", joined(makeTensors(), head), ""],
    ["a DataParallel wrapper", makeTensors("module."), "module."],
    ["state_dict", new Map([["state_dict", makeTensors()]]), "state_dict"],
    ["model", new Map([["model", makeTensors("module.encoder.")]]), "model / module.encoder."],
    [
      "DINO's teacher before its student",
      new Map([
        ["student", makeTensors("module.backbone.")],
        ["teacher", makeTensors("backbone.")],
      ]),
      "teacher / backbone.",
    ],
    [
      "BYOL's online network",
      joined(makeTensors("online_encoder.net."), makeTensors("target_encoder.net.")),
      "online_encoder.net.",
    ],
    [
      "MoCo v3's base encoder",
      new Map([
        ["state_dict", joined(makeTensors("module.base_encoder."), makeTensors("module.momentum_encoder."))],
      ]),
      "state_dict / module.base_encoder.",
    ],
    ["MoCo's keys only if they are all there is", makeTensors("module.encoder_k."), "module.encoder_k."],
    [
      "an EMA beside",
      new Map([
        ["model", makeTensors()],
        ["model_ema", makeTensors()],
      ]),
      "model",
    ],
    [
      "VISSL's deep nest",
      new Map([
        [
          "classy_state_dict",
          new Map([
            ["base_model", new Map([["model", new Map([["trunk", makeTensors("_feature_blocks.")]])]])],
          ]),
        ],
      ]),
      "classy_state_dict / base_model / model / trunk / _feature_blocks.",
    ],
    ["a backbone chosen by hand", joined(makeTensors("a."), makeTensors("b.")), "b.", { prefix: "b." }],
  ])("finds %s", (_, root, place, options) => {
    expect(load(root, options)).toMatchObject({ place, architecture: { name: "resnet50", width: 1 / 8 } });
  });

  it("finds a network cut into numbered children", () => {
    const order = ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"];
    const numbered = new Map(
      [...makeTensors()].map(([name, value]) => {
        const [child, ...rest] = name.split(".");
        return [["backbone", order.indexOf(child!), ...rest].join("."), value] as const;
      }),
    );
    expect(load(numbered)).toMatchObject({ place: "backbone.", naming: { name: "sequential" } });
  });

  it("says of everything why it was left", () => {
    const root = new Map<string, unknown>([
      ["epoch", 3],
      ["optimizer", new Map([["state", new Map([["0", new Map([["momentum_buffer", stored([3])]])]])]])],
      [
        "state_dict",
        joined(
          makeTensors("encoder_q."),
          makeTensors("encoder_k."),
          new Map([
            ["queue", stored([128, 10])],
            ["queue_ptr", stored([1])],
            ["encoder_q.fc.0.bias", stored([1])],
          ]),
        ),
      ],
    ]);
    const why = new Map(load(root).dropped.map((entry) => [entry.name, entry.why]));
    expect(why.get("state_dict/queue_ptr")).toBe("queue or memory bank");
    expect(why.get("state_dict/encoder_q.fc.0.bias")).toBe("head");
    expect(why.get("state_dict/encoder_k.layer4.0.bn1.weight")).toBe("momentum copy");
    expect(why.get("state_dict/encoder_q.bn1.num_batches_tracked")).toBe("batch counter");
    expect(why.get("optimizer/state/0/momentum_buffer")).toBeDefined();
  });

  it("does not guess between two equal backbones", () => {
    const two = joined(makeTensors("encoder1."), makeTensors("encoder2."));
    expect(() => load(two)).toThrow(
      /several backbones, at 'encoder1\.', 'encoder2\.': say which with --prefix/,
    );
    expect(() => load(two, { prefix: "encoder3." })).toThrow(/no backbone under 'encoder3\.'/);
  });

  it("drops an unknown part only when told to", () => {
    const odd = joined(makeTensors(), new Map([["frobnicator.weight", stored([3])]]));
    expect(() => load(odd)).toThrow(/no known head: frobnicator\.weight; name them with --ignore/);
    expect(load(odd, { ignore: ["frobnicator"] }).dropped).toContainEqual({
      name: "frobnicator.weight",
      why: "as asked",
    });
  });
});

describe("refusals", () => {
  const changed = (change: (tensors: Named) => void): Named => {
    const tensors = makeTensors();
    change(tensors);
    return tensors;
  };
  const only = (...names: string[]): Named => new Map(names.map((name) => [name, stored([2, 2])]));
  const simclrStack = new Map(
    [
      "net.0.0",
      "net.0.2",
      "net.0.4",
      ...[0, 1, 2].flatMap((i) => [`net.1.blocks.${i}.net.0`, `net.2.blocks.${i}.net.0`]),
    ].map((name) => [`${name}.weight`, stored([8, 3, 3, 3])]),
  );

  it.each<[string, Named, RegExp]>([
    [
      "a missing tensor",
      changed((t) => t.delete("layer3.5.bn2.bias")),
      /ResNet-50 \(0\.125x\).*missing: layer3\.5\.bn2\.bias$/,
    ],
    ["a missing first convolution", changed((t) => t.delete("conv1.weight")), /missing: conv1\.weight/],
    [
      "a missing block",
      changed((t) => {
        for (const name of [...t.keys()]) if (name.startsWith("layer3.5.")) t.delete(name);
      }),
      /ResNet-50.*missing: layer3\.5\.conv1\.weight.* and 10 more/,
    ],
    [
      "an unexpected tensor",
      changed((t) => t.set("layer2.0.conv4.weight", stored([1]))),
      /unexpected: layer2\.0\.conv4\.weight/,
    ],
    ["a bias", changed((t) => t.set("conv1.bias", stored([8]))), /unexpected: conv1\.bias/],
    [
      "a misshapen tensor",
      changed((t) => t.set("layer3.2.conv2.weight", stored([32, 32, 5, 5]))),
      /misshapen: layer3\.2\.conv2\.weight \[32,32,5,5\] instead of \[32,32,3,3\]/,
    ],
    [
      "a first block misshapen",
      changed((t) => t.set("layer1.0.conv1.weight", stored([9, 8, 1, 1]))),
      /misshapen: layer1\.0\.conv1\.weight \[9,8,1,1\] instead of \[8,8,1,1\]/,
    ],
    ["four channels", changed((t) => t.set("conv1.weight", stored([8, 4, 7, 7]))), /takes 4 channels/],
    [
      "a stem for small images",
      changed((t) => t.set("conv1.weight", stored([8, 3, 3, 3]))),
      /3x3, as in networks for small images/,
    ],
    [
      "half of a ResNet-D",
      changed((t) => {
        t.delete("conv1.weight");
        t.set("conv1.0.weight", stored([4, 3, 3, 3]));
      }),
      /a stack of several that is not ResNet-D/,
    ],
    ["SimCLR-v2 with selective kernels", simclrStack, /selective-kernel/],
    [
      "squeeze and excitation",
      changed((t) => t.set("layer1.0.se.fc1.weight", stored([1]))),
      /squeeze-and-excitation/,
    ],
    [
      "no running statistics",
      changed((t) => {
        for (const name of [...t.keys()]) if (name.includes("running_")) t.delete(name);
      }),
      /missing: bn1\.running_mean.*no running statistics/,
    ],
    ["a Swin transformer", only("layers.0.blocks.0.attn.relative_position_bias_table"), /a Swin transformer/],
    ["CLIP's ResNet", only("visual.attnpool.c_proj.weight"), /a CLIP model/],
    ["something else", only("a", "b"), /of another kind \(its tensors: a, b\)/],
    ["nothing", new Map(), /without any tensor/],
  ])("names %s", (_, tensors, message) => {
    expect(() => load(tensors)).toThrow(CheckpointError);
    expect(() => load(tensors)).toThrow(message);
  });

  it("survives dictionaries that contain themselves", () => {
    const root = new Map<string, unknown>([["model", makeTensors()]]);
    root.set("self", root);
    expect(load(root).place).toBe("model");
  });
});
