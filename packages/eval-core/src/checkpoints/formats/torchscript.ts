/**
 * TorchScript archives, as OpenAI publishes CLIP: `data.pkl` holds a tree of objects of `__torch__` classes, each made of
 * its attributes, submodules and tensors. The tree is all that is read: nothing of the program in `code/` is looked at.
 */
import { CheckpointError } from "../errors.ts";
import { PickleObject } from "../pickle/values.ts";
import { StoredTensor } from "../stored.ts";

/** No published archive has more modules, or deeper ones; one that shares modules could seem to. */
const DEEPEST = 32;
const MOST_MODULES = 100_000;

const isModule = (value: unknown): value is PickleObject =>
  value instanceof PickleObject && value.className.startsWith("__torch__.");

/**
 * Tensors by the dotted names that the module's state_dict() would have.
 * @throws CheckpointError when the root is no module, or modules contain themselves
 */
export function scriptedTensors(root: unknown): Map<string, StoredTensor> {
  if (!isModule(root)) {
    throw new CheckpointError(
      "a TorchScript archive whose data is no module: save the model's state_dict() instead",
    );
  }
  const tensors = new Map<string, StoredTensor>();
  let modules = 0;
  const visit = (module: PickleObject, prefix: string, depth: number): void => {
    if (depth > DEEPEST || ++modules > MOST_MODULES)
      throw new CheckpointError("a TorchScript archive whose modules nest without end");
    if (!(module.state instanceof Map)) return;
    for (const [key, value] of module.state) {
      if (typeof key !== "string") continue;
      if (value instanceof StoredTensor) tensors.set(prefix + key, value);
      else if (isModule(value)) visit(value, `${prefix}${key}.`, depth + 1);
    }
  };
  visit(root, "", 0);
  return tensors;
}
