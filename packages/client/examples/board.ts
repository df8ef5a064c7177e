/** A board into rows, a correlation, a question of one's own, and a submission that is only checked. */
import { graphql, Transferboard } from "@transferboard/client";

const board = new Transferboard({
  url: process.env.TRANSFERBOARD_SERVER ?? "http://localhost:4000",
  ...(process.env.TRANSFERBOARD_TOKEN && { token: process.env.TRANSFERBOARD_TOKEN }),
});

const rows = await board.board("many-shot-linear");
console.log(`${rows.length} values of ${new Set(rows.map(({ method }) => method)).size} methods`);

const { n, coefficient } = await board.correlation(
  { measure: "imagenet/imagenet/top1" },
  { suite: "many-shot-linear" },
);
console.log(`r = ${coefficient?.toFixed(2)} over ${n} methods`);

const Datasets = graphql(`
  query ExampleDatasets {
    datasets {
      nodes {
        slug
        classCount
      }
    }
  }
`);
const { datasets } = await board.ask(Datasets);
console.log(`${datasets.nodes.length} datasets`);

if (process.env.TRANSFERBOARD_TOKEN) {
  const results = {
    method: { slug: "owl", name: "Owl", family: "CONTRASTIVE" },
    source: "https://example.org/owl",
    values: [{ measure: "segmentation/ade20k/mean-iou", value: 0.3121 }],
  };
  const { warnings } = await board.submit(results, { dryRun: true });
  console.log(`checked: ${warnings.length} warnings`);
}
