/**
 * What the parser makes of the names that a pickle asks for. It calls none of them. Some are understood: what a tensor is
 * built of, dictionaries, plain data. All others stay closed: an object of such a class is data of no interest, kept by
 * its class's name. Names that do harm where they are called are refused: no training leaves them in a file.
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

/** Classes and functions that stand for plain data: numbers, shapes, devices, arrays of NumPy. */
const plain: ReadonlySet<string> = new Set([
  ...tensorBuilders,
  ...dictionaries,
  ...builtins.map((name) => `builtins.${name}`),
  "builtins.bytes",
  "builtins.object",
  "builtins.slice",
  "builtins.range",
  "copyreg._reconstructor",
  "_codecs.encode",
  "torch.Size",
  "torch.device",
  "torch.Tensor",
  "torch._utils._rebuild_device_tensor_from_numpy",
  "torch.serialization._get_layout",
  ...["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"].map(
    (name) => `torch.${name}`,
  ),
  ...Object.keys(storageDtypes).flatMap((name) => [`torch.${name}`, `torch.cuda.${name}`]),
  "numpy.dtype",
  "numpy.ndarray",
  ...["core", "_core"].flatMap((core) => [
    `numpy.${core}.multiarray.scalar`,
    `numpy.${core}.multiarray._reconstruct`,
    `numpy.${core}.numeric._frombuffer`,
  ]),
]);

/** Modules that reach the machine: files, processes, sockets, code. */
const harmfulModules = new Set(
  `os posix nt ntpath posixpath subprocess pty socket ssl shutil sys importlib imp runpy codeop ctypes _ctypes cffi marshal
  pickle _pickle dill cloudpickle joblib webbrowser urllib multiprocessing asyncio pdb bdb timeit pip pydoc linecache
  fileinput io _io zipimport pkgutil sqlite3 winreg`.split(/\s+/),
);
/** And of modules that are harmless otherwise. */
const harmfulNames = new Set([
  ...[
    "eval",
    "exec",
    "execfile",
    "compile",
    "__import__",
    "open",
    "input",
    "breakpoint",
    "exit",
    "quit",
    "apply",
  ].map((name) => `builtins.${name}`),
  ...["globals", "locals", "vars", "setattr", "delattr", "help"].map((name) => `builtins.${name}`),
  "code.interact",
  "code.InteractiveInterpreter",
  "commands.getoutput",
  "types.FunctionType",
  "types.CodeType",
  "types.LambdaType",
  "torch.load",
  "torch.hub.load",
  "torch.utils.cpp_extension.load",
  "torch.utils.cpp_extension.load_inline",
  "numpy.load",
  "numpy.fromfile",
  "numpy.testing._private.utils.runstring",
  "torch.storage._load_from_bytes",
]);

/** Names that moved between Python 2 and 3. */
const renamedModules: { readonly [module: string]: string } = {
  __builtin__: "builtins",
  copy_reg: "copyreg",
};

/** Whether it stands for plain data, so that nobody needs to hear of it. */
export const isPlain = (qualifiedName: string): boolean => plain.has(qualifiedName);

/** Of a module that a whole model is pickled by. */
export const isModelClass = (qualifiedName: string): boolean =>
  /^(torch\.nn\.modules|torchvision\.models|timm\.models)\b/.test(qualifiedName);

/** A dotted path of names, of any script, as Python has them. */
const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_]*(\.(<locals>|<lambda>|[\p{L}_][\p{L}\p{M}\p{N}_]*))*$/u;

/**
 * The name under which the parser keeps it.
 * @throws CheckpointError naming what is asked for, where that does harm or is no name.
 */
export function knownGlobal(module: string, name: string): string {
  const own = renamedModules[module] ?? module;
  const qualified = `${own}.${name}`;
  const [top = ""] = own.split(".");
  if (harmfulModules.has(top) || harmfulNames.has(qualified) || !NAME.test(qualified)) {
    throw new CheckpointError(
      `its pickle asks for ${quoted(qualified)}, which is not among the names that are only data: refused; save the tensors alone, as torch.save(model.state_dict(), ...), or as .safetensors`,
    );
  }
  return qualified;
}
