/** The PASCAL VOC evaluator against detectron2's, on five sets of objects and detections. */
import {
  exactly,
  type Finding,
  finding,
  type GoldenFolder,
  largestDifference,
} from "../../conformance/index.ts";
import {
  scoreVocDetections,
  type VocDetection,
  type VocMetric,
  type VocObject,
  vocLine,
} from "../../metrics/index.ts";

type Box = readonly [number, number, number, number];
interface Case {
  readonly classes: readonly string[];
  readonly images: readonly string[];
  readonly gt: readonly { image: string; class: string; box: Box; difficult: 0 | 1 }[];
  readonly detections: readonly { image: string; class: string; score: number; box: Box }[];
  readonly lines: Readonly<Record<string, readonly string[]>>;
  readonly per_class: Readonly<
    Record<
      string,
      {
        npos: number;
        eleven_point: (number | null)[];
        area: (number | null)[];
        hits_at_050: (0 | 1 | null)[];
      }
    >
  >;
  readonly eleven_point: Means;
  readonly area: Means;
}
interface Means {
  readonly AP: number;
  readonly AP50: number;
  readonly AP75: number;
  readonly by_threshold: readonly number[];
}

const orNaN = (values: readonly (number | null)[]) => values.map((value) => value ?? Number.NaN);

export function* vocApCase(folder: GoldenFolder): Generator<Finding> {
  const { cases } = folder.json<{ cases: Record<string, Case> }>("expected.json");
  for (const [name, one] of Object.entries(cases)) {
    const called = `voc_ap ${name}`;
    const kind = (label: string) => one.classes.indexOf(label);
    const objects = one.gt.map(
      (g): VocObject => ({ ...g, class: kind(g.class), difficult: g.difficult === 1 }),
    );
    const order = new Map(one.images.map((image, i) => [image, i]));
    const listed = one.detections.map((d): VocDetection => ({ ...d, class: kind(d.class) }));
    const detections = listed.toSorted((a, b) => order.get(a.image)! - order.get(b.image)!);
    const lines = one.classes.map((_, c) => listed.filter((d) => d.class === c).map(vocLine));
    yield exactly(
      called,
      "text lines",
      one.classes.every((label, c) => String(lines[c]) === String(one.lines[label])),
    );
    for (const [metric, key] of [
      ["11-point", "eleven_point"],
      ["area", "area"],
    ] as const satisfies readonly (readonly [VocMetric, keyof Case])[]) {
      const options = { classes: one.classes.length, metric, absentClasses: "leave-out" } as const;
      const score = scoreVocDetections(objects, detections, options);
      const goldens = one.classes.map((label) => one.per_class[label]!);
      yield finding(
        called,
        `AP of each class at ten overlaps, ${metric}, in percent`,
        largestDifference(
          score.perClass.flatMap(({ ap }) => orNaN(ap)),
          goldens.flatMap((g) => orNaN(g[key])),
        ),
        1e-9,
      );
      const means = one[key];
      yield finding(
        called,
        `AP, AP50, AP75 and the mean at each overlap, ${metric}, in percent`,
        largestDifference(
          [score.ap, score.ap50, score.ap75, ...score.byThreshold],
          [means.AP, means.AP50, means.AP75, ...means.by_threshold],
        ),
        1e-9,
      );
      if (metric === "area") continue;
      yield exactly(
        called,
        "objects that count, and hits at 0.5",
        score.perClass.every(
          ({ objects: count, hits }, c) =>
            count === goldens[c]!.npos && JSON.stringify(hits) === JSON.stringify(goldens[c]!.hits_at_050),
        ),
      );
    }
  }
}
