/** What a reader takes along from a board: files, a citation, the query, a feed, and the board of another day. */
import type { Aggregate } from "../../../generated/graphql";
import { type Query, readMoment, withQuery } from "../../lib/address";
import { filterQuery } from "../../lib/board-filter";
import { AsOfForm } from "../as-of";
import { CopyButton } from "../copy-button";
import { Verbatim } from "../scroll-region";

const formats = [
  { ending: "csv", name: "CSV" },
  { ending: "json", name: "JSON" },
  { ending: "tex", name: "LaTeX" },
] as const;

export function TakeAway(props: {
  suite: string;
  aggregate: Aggregate;
  query: Query;
  bibtex: string;
  document: string;
  variables: Readonly<Record<string, unknown>>;
}) {
  const asked = withQuery(
    {},
    {
      suite: props.suite,
      aggregate: props.aggregate,
      ...filterQuery(props.query),
      asOf: readMoment(props.query.asOf),
    },
  );
  const request = JSON.stringify({ query: props.document.trim(), variables: props.variables }, null, 2);
  return (
    <section aria-labelledby="take-away" className="mt-6 text-sm">
      <h3 id="take-away" className="sr-only">
        Take this board along
      </h3>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <p>
          <span className="text-muted">Download </span>
          {formats.map(({ ending, name }) => (
            <a
              key={ending}
              className="link mr-3"
              href={`/export/leaderboard.${ending}${asked}`}
              download={`${props.suite.replaceAll("/", "-")}.${ending}`}
            >
              {name}
            </a>
          ))}
          {!props.suite.includes("/") && (
            <a className="link" href={`/feeds/suites/${props.suite}.atom`}>
              Feed
            </a>
          )}
        </p>
        <AsOfForm query={props.query} />
      </div>
      <details className="mt-3">
        <summary className="cursor-pointer text-muted hover:text-ink">Cite this board</summary>
        <Verbatim label="BibTeX of this board" className="mt-2">
          {props.bibtex}
        </Verbatim>
        <CopyButton text={props.bibtex} what="BibTeX" />
      </details>
      <details className="mt-2">
        <summary className="cursor-pointer text-muted hover:text-ink">Ask the API for it</summary>
        <Verbatim label="GraphQL query of this board" className="mt-2 max-h-96 overflow-y-auto">
          {`${props.document.trim()}\n\n# variables\n${JSON.stringify(props.variables, null, 2)}`}
        </Verbatim>
        <CopyButton text={request} what="GraphQL request" />
      </details>
    </section>
  );
}
