/** What a file of results looks like: enough to begin with, and where the rest is. */
import { Verbatim } from "../scroll-region";

const csv = `method,name,family,source,measure,value,lower,upper,sample_size
owl,Owl,CONTRASTIVE,https://example.org/owl,segmentation/ade20k/mean-iou,0.3121,0.3082,0.316,2000
,,,,segmentation/ade20k/pixel-accuracy,75.4,,,
`;

const json = `{
  "method": { "slug": "owl", "name": "Owl", "family": "CONTRASTIVE" },
  "source": "https://example.org/owl",
  "values": [
    {
      "measure": "segmentation/ade20k/mean-iou",
      "value": 0.3121,
      "interval": { "lower": 0.3082, "upper": 0.316 },
      "sampleSize": 2000
    },
    { "measure": "segmentation/ade20k/pixel-accuracy", "value": 75.4 }
  ]
}
`;

export function FormatHelp() {
  return (
    <details className="mt-4 max-w-4xl text-sm">
      <summary className="w-fit cursor-pointer text-muted hover:text-ink">What a file looks like</summary>
      <p className="mt-2">
        A new method needs a name and a family (CONTRASTIVE, CLUSTERING, SUPERVISED, CONTROL or OTHER); a
        known one only its slug. A measure is <code>setting/dataset/metric</code>, as the address of its board
        names it. Values are unrounded and in the board’s unit: percent where it shows %.
      </p>
      <h2 className="mt-3 mb-1 font-semibold">CSV, one row a value</h2>
      <Verbatim label="Results as CSV">{csv}</Verbatim>
      <h2 className="mt-3 mb-1 font-semibold">
        JSON (
        <a className="link" href="/submissions/schema.json">
          its JSON Schema
        </a>
        )
      </h2>
      <Verbatim label="Results as JSON">{json}</Verbatim>
      <p className="mt-3">
        Hugging Face’s model-index (YAML) and results as MTEB writes them (one JSON object of file names to
        contents) are taken too.
      </p>
    </details>
  );
}
