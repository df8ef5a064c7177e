/** The boards in the order and under the headings in which a reader chooses one: the paper's, further ones by theme, the demo. */

export interface Board {
  readonly slug: string;
  readonly title: string;
}

export interface BoardGroup {
  readonly title: string;
  readonly boards: readonly Board[];
}

const themes: readonly (readonly [title: string, slugs: readonly string[]])[] = [
  [
    "The paper’s boards",
    [
      "overview",
      "many-shot-linear",
      "many-shot-finetune",
      "few-shot-kornblith-5",
      "few-shot-kornblith",
      "few-shot-kornblith-50",
      "few-shot-cdfsl-5",
      "few-shot-cdfsl",
      "few-shot-cdfsl-50",
      "detection-frozen",
      "detection-finetune",
      "surface-normals",
      "segmentation",
    ],
  ],
  [
    "Probes on frozen features",
    [
      "knn",
      "few-shot-linear",
      "logistic-regression-dinov3",
      "linear-bn",
      "linear-bn-lars",
      "retrieval",
      "predictors",
    ],
  ],
  ["Dense probes", ["dense-knn", "linear-segmentation", "linear-segmentation-cached"]],
  ["Robustness", ["robustness", "robustness-own-classifier"]],
  ["What features keep", ["reconstruction", "attention", "invariance"]],
  ["Profiles on shipped data", ["profile-digits", "profile-scenes"]],
  ["To try it out", ["demo"]],
];

/** Every board once; those of no theme under a heading of their own, before the demo. */
export function boardGroups(boards: readonly Board[]): BoardGroup[] {
  const known = new Set(themes.flatMap(([, slugs]) => slugs));
  const groups = themes.map(([title, slugs]) => ({
    title,
    boards: slugs.flatMap((slug) => boards.filter((board) => board.slug === slug)),
  }));
  const others = { title: "Other boards", boards: boards.filter(({ slug }) => !known.has(slug)) };
  return [...groups.slice(0, -1), others, ...groups.slice(-1)].filter((group) => group.boards.length > 0);
}
