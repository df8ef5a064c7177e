/** What the marks of a view mean, of those that occur in it. */
import type { ReactNode } from "react";

export interface LegendMarks {
  readonly best?: boolean;
  /** Only the best is marked. */
  readonly noSecond?: boolean;
  readonly selfReported?: boolean;
  readonly reproduced?: boolean;
  readonly otherProtocol?: boolean;
  readonly mixedProtocols?: boolean;
  readonly intervals?: boolean;
  /** Ranges of ranks over resampled datasets. */
  readonly ranges?: boolean;
  readonly ties?: boolean;
  readonly bars?: boolean;
  readonly unranked?: boolean;
  /** Values that are not comparable are ranked too. */
  readonly all?: boolean;
}

export function Legend({ marks, children }: { marks: LegendMarks; children?: ReactNode }) {
  const parts: readonly (readonly [string, ReactNode] | false | undefined)[] = [
    marks.best !== false && [
      "best",
      <>
        <span className="bg-best px-1 font-semibold text-ink">best</span>
        {!marks.noSecond && (
          <>
            {" "}
            <span className="bg-second px-1 text-ink underline decoration-1 underline-offset-2">
              second best
            </span>
          </>
        )}
        {!marks.all && marks.otherProtocol ? " of the comparable values" : ""}
      </>,
    ],
    marks.intervals && ["interval", "± 95% interval"],
    marks.selfReported && [
      "self",
      <>
        <sup>s</sup> self-reported
      </>,
    ],
    marks.reproduced && [
      "reproduced",
      <>
        <sup>r</sup> measured by a run of this project
      </>,
    ],
    marks.otherProtocol && [
      "protocol",
      `† another or an unknown protocol${marks.all ? "" : ", not ranked with the column"}`,
    ],
    marks.mixedProtocols && ["mixed", "‡ values under more than one protocol"],
    marks.ranges && [
      "range",
      "1–3 beside a rank: the middle 95% of its ranks when the datasets are resampled",
    ],
    marks.ties && ["tie", "= shared rank"],
    marks.bars && ["bars", "a, b … methods joined by a bar do not differ significantly"],
    marks.unranked && ["unranked", "– not ranked"],
  ];
  const shown = parts.filter((part) => part !== false && part !== undefined);
  return (
    <ul aria-label="Legend" className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs leading-5 text-muted">
      {shown.map(([key, part]) => (
        <li key={key}>{part}</li>
      ))}
      {children && <li>{children}</li>}
    </ul>
  );
}
