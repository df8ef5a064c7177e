/**
 * One name for one network: files, papers and libraries write "resnet50", "ResNet-50 1x" and "ResNet50" for the same.
 * What is recorded stays as it was written; this is how it is shown and searched.
 */

/** "resnet50" and "ResNet-50 1x" are "ResNet-50", "vit_b_16" is "ViT-B/16"; what is not known stays as it is. */
export function architectureName(written: string): string {
  const text = written.trim();
  const resnet =
    /^(wide[-_ ]?)?(res(?:net|next))[-_ ]?(\d+)(?:[-_ ]?(?:1x|v1))?(?:[-_ ](\d+)x)?(\b.*)?$/i.exec(text);
  if (resnet) {
    const [, wide, kind, depth, width, rest = ""] = resnet;
    const name = `${wide ? "Wide " : ""}${kind?.toLowerCase() === "resnext" ? "ResNeXt" : "ResNet"}-${depth}`;
    return `${name}${width && width !== "1" ? ` ${width}x` : ""}${rest}`.trim();
  }
  const vit = /^(?:deit|vit)[-_ ]?([a-z]|tiny|small|base|large|huge)[-_ ]?(?:patch)?[-_/ ]?(\d+)$/i.exec(
    text,
  );
  if (vit) return `${/^deit/i.test(text) ? "DeiT" : "ViT"}-${vit[1]![0]!.toUpperCase()}/${vit[2]}`;
  return text;
}

/** Two spellings of one network. */
export const sameArchitecture = (a: string, b: string): boolean =>
  architectureName(a).toLowerCase() === architectureName(b).toLowerCase();
