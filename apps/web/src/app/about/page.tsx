import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";

export const metadata: Metadata = { title: "About" };

function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="mt-6">
      <h2 id={id} className="mb-1 text-lg font-semibold">
        {title}
      </h2>
      <div className="space-y-2">{children}</div>
    </section>
  );
}

const aggregates = [
  ["Mean", "the mean of the ranked columns, where all have the same unit"],
  [
    "Mean logit",
    "the mean of log(p / (1 − p)) of accuracies and other shares: a point near 100% counts for more than one near 50%",
  ],
  ["Mean rank", "the mean of the ranks in all columns; lower is better, and units do not matter"],
  [
    "Borda",
    "how many methods a method beats, summed over the columns; higher is better, and units do not matter",
  ],
] as const;

const kinds = [
  ["Published", "from a table of a paper"],
  ["Self-reported", "submitted by someone and accepted by a reviewer"],
  ["Reproduced", "measured by a run of this project: the value links to its record"],
] as const;

function Terms({ of }: { of: readonly (readonly [string, string])[] }) {
  return (
    <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[8rem_1fr]">
      {of.map(([term, meaning]) => (
        <div key={term} className="contents">
          <dt className="font-medium">{term}</dt>
          <dd className="mb-2 text-muted sm:mb-0">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How to read what is shown, where it comes from, and how to take it along. It asks the API nothing. */
export default function AboutPage() {
  return (
    <div className="max-w-3xl text-sm leading-6">
      <h1 className="text-2xl font-semibold tracking-tight">How to read the record</h1>
      <p className="mt-2 text-base text-muted">
        transferboard records how well pretrained vision models transfer to other tasks. It begins with the
        tables of{" "}
        <a className="link" href="https://arxiv.org/abs/2011.13377">
          “How Well Do Self-Supervised Models Transfer?”
        </a>{" "}
        and grows with results that researchers submit and with its own runs.
      </p>
      <Part id="order" title="The order of a board">
        <p>
          A board ranks methods by one aggregate of its columns; you can choose another. The range beside a
          rank is the middle 95% of the method’s ranks when the board’s datasets are resampled: it shows how
          much the rank depends on which datasets the board has. The plot of a board also groups methods that
          do not differ significantly.
        </p>
        <Terms of={aggregates} />
        <p>
          Missing is not zero: a method without a value in a ranked column is listed, but not ranked. With
          filters, only the methods that match are ranked.
        </p>
      </Part>
      <Part id="values" title="Where a value comes from">
        <Terms of={kinds} />
        <p>
          Where a cell has several values, the board shows the reproduced one, else the published one, else
          the self-reported one. Where a run of this project measured a claimed value again, the cell shows
          both.
        </p>
      </Part>
      <Part id="protocols" title="What can be compared">
        <p>
          A protocol is everything that makes a number comparable: preprocessing, splits, grid, solver,
          metric. Its fingerprint is a hash of its fields. A value under another protocol than most of its
          column is marked † and not ranked, unless you choose to rank all values.{" "}
          <Link className="link" href="/protocols/diff" prefetch={false}>
            Compare two protocols
          </Link>{" "}
          field by field.
        </p>
      </Part>
      <Part id="ledger" title="Nothing is overwritten">
        <p>
          Values are entries in a ledger. A correction adds a new entry in place of the old one. A retraction
          says who retracted a value, why, and what to use instead. You can open every board, correlation and
          download as of any past moment. A citation names its moment, so it always leads to the same numbers.
        </p>
      </Part>
      <Part id="take" title="Download, cite and contribute">
        <p>
          Download any board as CSV, JSON or LaTeX, cite it, follow its changes in a feed reader, or open the
          GraphQL query behind it. Send your own results under{" "}
          <Link className="link" href="/submissions" prefetch={false}>
            Submit results
          </Link>
          : the site shows every problem on its line, and a reviewer decides.
        </p>
      </Part>
    </div>
  );
}
