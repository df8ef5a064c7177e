/** Below a board: the board of another day, its citation, and the query behind it. */
import { type Query, withQuery } from "../../lib/address";
import { explorerAddress } from "../../lib/site";
import { AsOfForm } from "../as-of";
import { CopyButton } from "../copy-button";
import { Verbatim } from "../scroll-region";

/** How the board is drawn. The API's citation does not know it, and the cited address must lead to the same view. */
const drawn = ["hide", "pin", "view", "heat", "q", "sort"] as const;

export function withView(bibtex: string, query: Query): string {
  const added = withQuery({}, Object.fromEntries(drawn.map((name) => [name, query[name]]))).slice(1);
  return added ? bibtex.replace(/(\\url\{[^}?]+\?[^}]+)\}/, `$1&${added}}`) : bibtex;
}

export function ExportPanel(props: {
  query: Query;
  bibtex: string;
  document: string;
  variables: Readonly<Record<string, unknown>>;
}) {
  const request = JSON.stringify({ query: props.document.trim(), variables: props.variables }, null, 2);
  const bibtex = withView(props.bibtex, props.query);
  return (
    <section
      aria-label="Cite and query this board"
      className="mt-5 space-y-2 border-t border-line pt-4 text-sm"
    >
      <AsOfForm query={props.query} />
      <details>
        <summary className="w-fit cursor-pointer py-1 text-muted hover:text-ink">Cite this board</summary>
        <Verbatim label="BibTeX of this board" className="mt-2">
          {bibtex}
        </Verbatim>
        <CopyButton text={bibtex} what="BibTeX" />
      </details>
      <details>
        <summary className="w-fit cursor-pointer py-1 text-muted hover:text-ink">
          Query this board with GraphQL
        </summary>
        <p className="mt-2">
          <a className="link" href={explorerAddress(props.document.trim(), props.variables)}>
            Open in the explorer
          </a>
        </p>
        <Verbatim label="GraphQL query of this board" className="mt-2 max-h-96 overflow-y-auto">
          {`${props.document.trim()}\n\n# variables\n${JSON.stringify(props.variables, null, 2)}`}
        </Verbatim>
        <CopyButton text={request} what="GraphQL request" />
      </details>
    </section>
  );
}
