/**
 * The only names that a pickle may ask for. The parser calls none of them: the list exists so that a file with
 * anything else in it, which torch.load would execute, is refused by name instead of being half understood.
 */
import type { DType } from "../../tensor/tensor.ts";
import { CheckpointError, quoted } from "../errors.ts";

/** torch's storages, and what their elements are. */
export const storageDtypes: { readonly [name: string]: DType } = {
  FloatStorage: "float32",
  DoubleStorage: "float64",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  CharStorage: "int8",
  ByteStorage: "uint8",
  ShortStorage: "int16",
  IntStorage: "int32",
  LongStorage: "int64",
  BoolStorage: "bool",
};

/** Functions whose result is a tensor; `torch-tensor.ts` reads their arguments. */
export const tensorBuilders: ReadonlySet<string> = new Set([
  "torch._utils._rebuild_tensor",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_parameter",
  "torch._utils._rebuild_parameter_with_state",
  "torch._tensor._rebuild_from_type_v2",
  "torch.nn.parameter.Parameter",
]);

export const dictionaries: ReadonlySet<string> = new Set([
  "collections.OrderedDict",
  "collections.defaultdict",
  "collections.Counter",
  "builtins.dict",
]);

const builtins = ["list", "tuple", "set", "frozenset", "bytearray", "int", "float", "complex", "bool", "str"];

/** Classes and functions that stand for data only: options, shapes, devices, numbers of NumPy. */
const inert = [
  ...builtins.map((name) => `builtins.${name}`),
  "builtins.bytes",
  "builtins.object",
  "builtins.slice",
  "builtins.range",
  "copyreg._reconstructor",
  "_codecs.encode",
  "argparse.Namespace",
  "types.SimpleNamespace",
  "pathlib.PosixPath",
  "pathlib.PurePosixPath",
  "pathlib.WindowsPath",
  "pathlib.PureWindowsPath",
  "datetime.datetime",
  "datetime.timedelta",
  "torch.Size",
  "torch.device",
  "torch.Tensor",
  "torch._utils._rebuild_device_tensor_from_numpy",
  "torch.serialization._get_layout",
  ...["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"].map(
    (name) => `torch.${name}`,
  ),
  "numpy.dtype",
  "numpy.ndarray",
  ...["core", "_core"].flatMap((core) => [
    `numpy.${core}.multiarray.scalar`,
    `numpy.${core}.multiarray._reconstruct`,
  ]),
  "pytorch_lightning.utilities.parsing.AttributeDict",
  "lightning_fabric.utilities.data.AttributeDict",
  "easydict.EasyDict",
];

const allowed: ReadonlySet<string> = new Set([
  ...tensorBuilders,
  ...dictionaries,
  ...inert,
  ...Object.keys(storageDtypes).flatMap((name) => [`torch.${name}`, `torch.cuda.${name}`]),
]);

/** Names that moved between Python 2 and 3. */
const renamedModules: { readonly [module: string]: string } = {
  __builtin__: "builtins",
  copy_reg: "copyreg",
};

/**
 * The name as this list has it.
 * @throws CheckpointError naming what is asked for, unless it is on the list.
 */
export function allowedGlobal(module: string, name: string): string {
  const qualified = `${renamedModules[module] ?? module}.${name}`;
  if (allowed.has(qualified)) return qualified;
  const advice = /^(torch\.nn\.modules|torchvision\.models)\b/.test(qualified)
    ? "the file holds a whole pickled model: save its state_dict() instead"
    : "save the tensors alone, as torch.save(model.state_dict(), ...), or as .safetensors";
  throw new CheckpointError(
    `its pickle asks for ${quoted(qualified)}, which is not among the names that are only data: refused; ${advice}`,
  );
}
