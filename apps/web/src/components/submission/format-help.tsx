/** What a file of results looks like: enough to begin with, and where the rest is. */
import { Verbatim } from "../scroll-region";
import { csvTemplate, jsonTemplate } from "./templates";

export function FormatHelp() {
  return (
    <details className="mt-5 max-w-4xl text-sm">
      <summary className="w-fit cursor-pointer py-1 text-muted hover:text-ink">
        What a file looks like
      </summary>
      <p className="mt-2">
        A new method needs a name and a family (CONTRASTIVE, CLUSTERING, SUPERVISED, CONTROL or OTHER); a
        known method needs only its slug. A measure is <code>setting/dataset/metric</code>, as in the address
        of its board. Give values unrounded and in the board’s unit: percent where it shows %. What you leave
        out is recorded as not stated.
      </p>
      <h2 className="mt-3 mb-1 font-semibold">CSV, one row a value</h2>
      <Verbatim label="Results as CSV">{csvTemplate}</Verbatim>
      <h2 className="mt-3 mb-1 font-semibold">
        JSON (
        <a className="link" href="/submissions/schema.json">
          its JSON Schema
        </a>
        )
      </h2>
      <Verbatim label="Results as JSON">{jsonTemplate}</Verbatim>
      <p className="mt-3">
        Hugging Face’s model-index (YAML), MTEB’s results (one JSON object that maps file names to contents)
        and the formats of other tools are accepted too: choose one beside “Choose a file”.
      </p>
    </details>
  );
}
