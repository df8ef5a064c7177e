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
  ["Mean", "the mean of the ranked columns; only where they share a unit"],
  [
    "Mean logit",
    "the mean of log(p / (1 − p)) of shares: a point near 100% counts for more than one near 50%",
  ],
  ["Mean rank", "the mean of the ranks in each column, lower is better; units do not matter"],
  ["Borda", "how many methods each beats, summed over the columns, higher is better; units do not matter"],
] as const;

const kinds = [
  ["Published", "out of the table of a paper"],
  ["Self-reported", "offered by someone and accepted by a reviewer"],
  ["Reproduced", "measured by a run of our own, whose record the value leads to"],
] as const;

function Terms({ of }: { of: readonly (readonly [string, string])[] }) {
  return (
    <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[8rem_1fr]">
      {of.map(([term, meaning]) => (
        <div key={term} className="contents">
          <dt className="font-medium">{term}</dt>
          <dd className="text-muted">{meaning}</dd>
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
        and grows by what researchers offer and by runs of our own.
      </p>
      <Part id="order" title="The order of a board">
        <p>
          A board ranks by one aggregate of its columns, and another may be chosen. The brackets beside a rank
          tell from the best to the worst rank by all four: how much the order depends on the choice.
        </p>
        <Terms of={aggregates} />
        <p>
          Missing is not zero: a method without a value in a ranked column is listed but not ranked. Filters
          rank the methods that are kept among themselves.
        </p>
      </Part>
      <Part id="values" title="Where a value comes from">
        <Terms of={kinds} />
        <p>
          Of several values of one cell, a reproduced one is shown first, then a published one, then a
          self-reported one; where a run of our own measured what someone claims, the cell shows both.
        </p>
      </Part>
      <Part id="protocols" title="What can be compared">
        <p>
          A protocol is everything that makes a number comparable: preprocessing, splits, grid, solver,
          metric. Its fingerprint is a hash of its fields. Values under another protocol than most of their
          column are marked †, and{" "}
          <Link className="link" href="/protocols/diff" prefetch={false}>
            two protocols can be compared
          </Link>{" "}
          field by field.
        </p>
      </Part>
      <Part id="ledger" title="Nothing is overwritten">
        <p>
          Values are entries of a ledger: a correction supersedes, a retraction leaves a note of who, why and
          what replaces it. Each board, correlation and download can be had as of a past moment, and its
          citation names one, so that it leads to the same numbers for ever.
        </p>
      </Part>
      <Part id="take" title="Taking it along, adding to it">
        <p>
          Each board gives itself away as CSV, JSON and LaTeX, as a citation, as a feed of its changes, and as
          the GraphQL query behind it.{" "}
          <Link className="link" href="/submissions" prefetch={false}>
            Submissions
          </Link>{" "}
          takes results of your own: a file is checked, every fault is named with its place, and a reviewer
          decides.
        </p>
      </Part>
    </div>
  );
}
