/** What a set of tensors that is no known backbone seems to be: the last clause of an error, so that the user knows. */

const signatures: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)(layers\.0\.blocks\.0\.attn\.relative_position)/, "a Swin transformer"],
  [/(^|\.)attnpool\.|visual\.transformer/, "a CLIP model"],
  [
    /(^|\.)(cls_token|patch_embed\.|blocks\.0\.attn\.|encoder\.layers\.encoder_layer_0)/,
    "a vision transformer",
  ],
  [/(^|\.)(downsample_layers\.|stages\.0\.\d+\.(dwconv|conv_dw))/, "a ConvNeXt"],
  [
    /(^|\.)(stem\.conv1\.|res2\.0\.|backbone\.bottom_up)/,
    "a detectron2 backbone: convert it to torchvision's names",
  ],
  [/(^|\.)denseblock1\./, "a DenseNet"],
  [/(^|\.)(_blocks\.0\._|blocks\.0\.0\.conv_dw)/, "an EfficientNet"],
  [/(^|\.)features\.0\.weight$/, "a VGG or AlexNet"],
  [/(^|\.)(Mixed_5b|inception3a)\./, "an Inception network"],
  [/(^|\.)features\.\d+\.conv\./, "a MobileNet"],
  [/(^|\.)embeddings\.word_embeddings\.|(^|\.)wte\.weight$/, "a language model"],
  [/(^|\.)(down_blocks|up_blocks|mid_block)\./, "a diffusion model"],
  [/(^|\.)exp_avg(_sq)?$|momentum_buffer$/, "an optimiser's state"],
];

export function guessModel(names: readonly string[]): string {
  for (const [pattern, what] of signatures) {
    if (names.some((name) => pattern.test(name))) return what;
  }
  return names.length === 0
    ? "a file without any tensor"
    : `of another kind (its tensors: ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", ..." : ""})`;
}
