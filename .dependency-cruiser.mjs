/**
 * The walls of the house: which room may import which, each with the sentence that a broken one prints.
 * The order of eval-core's rooms is the order of docs/architecture.md; a room imports only those before it.
 */
export const rooms = [
  "sandbox",
  "tensor",
  "artefacts",
  "conformance",
  "onnx",
  "checkpoints",
  "backbones",
  "networks",
  "autodiff",
  "optim",
  "runtime",
  "probe",
  "images",
  "datasets",
  "features",
  "metrics",
  "stats",
  "record",
  "formats",
  "training",
  "evaluations",
  "warehouse",
  "jobs",
  "cli",
];
const core = "packages/eval-core/src";
/** Tests may look into any room, and so may what only tests use. */
const tests = "[.]test[.]ts$|/testing/";

const roomOrder = rooms.slice(0, -1).map((room, index) => ({
  name: `room-${room}`,
  comment: `'${room}' may import only the rooms before it (${rooms.slice(0, index).join(", ") || "none"}): move the shared part up, or pass it in as an argument.`,
  severity: "error",
  from: { path: `^${core}/${room}/`, pathNot: tests },
  to: { path: `^${core}/(${rooms.slice(index + 1).join("|")})/` },
}));

/** Only `where` may import the package `what`. */
const onlyIn = (name, what, where, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: "^(apps|packages|prisma|tests)/", pathNot: where },
  to: { path: `node_modules/${what}/` },
});

export default {
  forbidden: [
    {
      name: "no-circle",
      comment: "These files import each other in a circle: extract what both need into a third file.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...roomOrder,
    {
      name: "warehouse-owns-the-database",
      comment: "Inside eval-core only 'warehouse', 'jobs' and 'cli' may import the database package.",
      severity: "error",
      from: { path: `^${core}/(?!warehouse|jobs|cli)`, pathNot: tests },
      to: { path: "^prisma/" },
    },
    onlyIn(
      "runtime-owns-onnxruntime",
      "onnxruntime-node",
      `^${core}/runtime/|^packages/eval-core/bench/`,
      "Only 'runtime' may import onnxruntime-node: sessions live in its worker threads.",
    ),
    onlyIn(
      "prisma-owns-its-client",
      "@prisma",
      "^prisma/",
      "Only the prisma package may import @prisma/*: use what it exports.",
    ),
    {
      name: "api-imports-no-runtime",
      comment:
        "The API may import eval-core's tensor, artefacts, stats, metrics, record, formats, warehouse, jobs and what evaluations declare: it must start without onnxruntime.",
      severity: "error",
      from: { path: "^apps/api/", pathNot: tests },
      to: {
        path: `^${core}/(?!tensor/|artefacts/|stats/|metrics/|record/|formats/|warehouse/|jobs/|evaluations/asked/declared[.]ts)`,
      },
    },
    {
      name: "web-talks-to-the-api",
      comment:
        "The site reads everything through the GraphQL API: it imports neither the API, the database nor eval-core.",
      severity: "error",
      from: { path: "^apps/web/" },
      to: { path: "^(apps/api|prisma|packages)/", pathNot: "schema[.]graphql$" },
    },
    {
      name: "vocabulary-is-data",
      comment: "The vocabulary is data that all share: it may import nothing of the house.",
      severity: "error",
      from: { path: "^packages/vocabulary/", pathNot: tests },
      to: { path: "^(apps|prisma|packages/(?!vocabulary/))" },
    },
    {
      name: "client-stands-alone",
      comment: "The client is for others' programs: it may import nothing of the house.",
      severity: "error",
      from: { path: "^packages/client/", pathNot: tests },
      to: { path: "^(apps|prisma|packages/(?!client/))" },
    },
    {
      name: "packages-know-no-apps",
      comment: "packages/ and prisma/ are below the apps and may not import them.",
      severity: "error",
      from: { path: "^(packages|prisma)/" },
      to: { path: "^apps/" },
    },
    {
      name: "tests-are-not-imported",
      comment: "Nothing imports a test file or the tests package.",
      severity: "error",
      from: { pathNot: "^tests/" },
      to: { path: "^tests/|[.]test[.]tsx?$" },
    },
    {
      name: "testing-is-for-tests",
      comment: "Only tests may import a 'testing' folder.",
      severity: "error",
      from: { path: "^(apps|packages)/", pathNot: tests },
      to: { path: "^(apps|packages)/.*/testing/" },
    },
    {
      name: "resolvable",
      comment: "This import leads nowhere: the file is missing or the package is not in package.json.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "[.]css$" },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    // bench/peer is a package of its own, installed only to be measured against.
    exclude: { path: "(^|/)(generated|[.]next|dist|bench/peer)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
