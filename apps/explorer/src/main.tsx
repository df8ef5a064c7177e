/** GraphiQL over this API, with research questions to begin with. What it opens with is after the # of the address. */
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { questions } from "./questions.ts";
import "graphiql/style.css";
import "./style.css";

const fetcher = createGraphiQLFetcher({ url: "/graphql" });

/** `#query=...&variables=...`: nothing of it reaches a server's log. */
const asked = new URLSearchParams(window.location.hash.slice(1));

const address = (query: string) => `#${new URLSearchParams({ query })}`;

function Explorer() {
  const query = asked.get("query");
  const variables = asked.get("variables");
  return (
    <div className="explorer">
      <nav aria-label="Research questions">
        <details>
          <summary>Research questions</summary>
          <ul>
            {questions.map((question) => (
              <li key={question.title}>
                <a href={address(question.query)}>{question.title}</a>
              </li>
            ))}
          </ul>
        </details>
      </nav>
      <main>
        <GraphiQL
          fetcher={fetcher}
          defaultEditorToolsVisibility="variables"
          query={query ?? questions[0]?.query ?? ""}
          variables={variables ?? ""}
          shouldPersistHeaders={false}
        />
      </main>
    </div>
  );
}

// Another question is another address: the page begins anew with it.
window.addEventListener("hashchange", () => window.location.reload());

const root = document.getElementById("explorer");
if (root) createRoot(root).render(<Explorer />);
