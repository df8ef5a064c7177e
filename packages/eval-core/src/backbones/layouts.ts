/** Where published checkpoints keep a backbone, and what they leave beside it. */

/** Copies of the backbone that follow it by a moving average, or belong to another view of the data. */
export const momentumEncoder =
  /(^|[._/])(encoder_k|k_encoder|key_encoder|momentum\w*|\w*_momentum|target\w*|\w*_target|ema|\w*_ema|ema_\w+)([._/]|$)/;

/** In what order nested dictionaries and prefixes are preferred when a file holds several backbones. */
const preferredNests = ["", "state_dict", "model", "resnet", "teacher", "student"];
export function nestRank(path: readonly string[]): number {
  const ranks = path.map((key) => preferredNests.indexOf(key)).filter((rank) => rank >= 0);
  return path.length === 0 ? 0 : (ranks.at(0) ?? preferredNests.length);
}

/** Parts beside a backbone that methods leave in their checkpoints, by the first word of their name. */
const parts: readonly (readonly [RegExp, string])[] = [
  [/^(queue|memory|bank|queue_\w+|\w*_queue|\w*_queue_ptr|memory_\w+)(\.|$)/i, "queue or memory bank"],
  [/^(prototypes?\w*|centroids?|cluster\w*)(\.|$)/i, "prototypes"],
  [/^(fc\d*|classifier\w*|linear\w*|logits|last_linear|output|head\w*|\w*_head|\w*_fc|lin)(\.|$)/i, "head"],
  [
    /^(project\w*|predict\w*|mlp\w*|jig\w*|neck|contrast\w*|embed\w*|rotation\w*)(\.|$)/i,
    "projection or task head",
  ],
  [/^(optimizer|loss|criterion|scaler|scheduler|center|t|temperature|logit_scale)(\.|$)/i, "training state"],
];

/** What a tensor outside the backbone is, by its name with the backbone's prefix taken off; undefined if unknown. */
export function partOf(name: string): string | undefined {
  return parts.find(([pattern]) => pattern.test(name))?.[1];
}
