/**
 * What holds without the application: every check and unique key violated once, by plain SQL as the application's own
 * user. A constraint without a violation here fails the test.
 */
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "../testing/index.ts";

type Row = Record<string, unknown>;

let database: TestDatabase;
let app: pg.Client;
let owner: pg.Client;
beforeAll(async () => {
  database = await testDatabase();
  owner = new pg.Client({ connectionString: database.url });
  app = new pg.Client({ connectionString: database.appUrl });
  await owner.connect();
  await app.connect();
  await owner.query("INSERT INTO account (name) VALUES ('Ada'), ('Grace')");
  const { rows: found } = await owner.query("SELECT fingerprint FROM protocol LIMIT 1");
  rows.run.protocol_fingerprint = found[0].fingerprint;
  await insert(owner, "run", rows.run);
  await insert(owner, "submission", { ...rows.submission, id: submission });
  await insert(owner, "claim", { ...rows.claim, id: claim, text: "value(swav, a/b/c) > 1" });
  await insert(owner, "claim_event", { ...rows.claim_event, event_id: 1 });
  await insert(owner, "claim_progress", { claim_id: claim, event_id: 1 });
  await insert(owner, "alias", { ...rows.alias, name: "taken" });
  await insert(owner, "submitted_file", { ...rows.submitted_file, sha256: hash("7") });
  await insert(owner, "result_origin", { ...rows.result_origin, result_id: 1 });
  await insert(owner, "finding_decision", { ...rows.finding_decision, id: claim });
  await insert(owner, "evaluation_job", {
    ...rows.evaluation_job,
    id: claim,
    evaluation_id: claim,
    position: 1,
  });
});
afterAll(async () => {
  await app.end();
  await owner.end();
  await database.drop();
});

function insert(client: pg.Client, table: string, row: Row) {
  const columns = Object.keys(row);
  return client.query(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(", ")})`,
    Object.values(row),
  );
}

const hash = (digit: string) => digit.repeat(64);
const run = "01890000-0000-7000-8000-000000000001";
const submission = "01890000-0000-7000-8000-000000000002";
const other = "01890000-0000-7000-8000-000000000003";
const claim = "01890000-0000-7000-8000-000000000004";
const now = new Date("2026-01-01T00:00:00Z");
const mean = [0, 0, 0];

/** A row of each table that is fine as it is. */
const rows = {
  method: {
    slug: "m",
    name: "M",
    family: "OTHER",
    year: 2020,
    paper_title: "P",
    paper_url: "https://p.org",
    bibtex: "@x",
  },
  pretraining: { method_id: 0, dataset: "ImageNet", epochs: 1, batch_size: 1 },
  checkpoint: {
    method_id: 1,
    name: "c",
    sha256: hash("a"),
    architecture: "r",
    feature_dimension: 1,
    input_mean: mean,
    input_std: [1, 1, 1],
  },
  dataset: { slug: "d", title: "D", domain: "x", class_count: 2, train_size: 0, manifest: hash("a") },
  setting: { slug: "s", title: "S" },
  metric: { slug: "x", title: "X", unit: "%", direction: "HIGHER", lower: 0, upper: 1, digits: 2 },
  measure: {
    slug: "imagenet/digits/accuracy",
    title: "X",
    setting_slug: "imagenet",
    dataset_slug: "digits",
    metric_slug: "accuracy",
  },
  suite: { slug: "x", title: "X", description: "x" },
  suite_measure: { suite_id: 1, measure_id: 87, position: 99 },
  protocol: { fingerprint: hash("9"), setting_slug: "imagenet", title: "x", body: {} },
  run: {
    id: run,
    identity: hash("b"),
    protocol_fingerprint: "",
    checkpoint_id: 1,
    dataset_slug: "digits",
    dataset_manifest: hash("c"),
    seed: 1,
    device: "cpu",
    versions: {},
    state: "RUNNING",
    started_at: now,
  },
  account: { name: "Edsger" },
  api_token: {
    id: other,
    account_id: 1,
    name: "t",
    hash: hash("d"),
    scopes: "{READ}",
    expires_at: "2100-01-01",
  },
  submission: {
    id: other,
    account_id: 1,
    idempotency_key: "k",
    body_hash: hash("e"),
    body: {},
    status: "PENDING",
  },
  result: {
    method_id: 1,
    checkpoint_id: 1,
    measure_id: 87,
    value: 50,
    provenance: "PUBLISHED",
    source: "here",
  },
  retraction: { result_id: 1, account_id: 1, reason: "wrong" },
  claim: { id: other, account_id: 1, text: "value(swav, a/b/c) > 2", question: {}, assertion: {} },
  claim_event: { claim_id: claim, event_id: 2, state: "HOLDING", value: 1, lower: 0, upper: 2 },
  claim_progress: { claim_id: claim, event_id: 2 },
  alias: { kind: "timm", name: "free", method_id: 1 },
  submitted_file: { sha256: hash("8"), size: 1, gzip: Buffer.of(0) },
  result_origin: { result_id: 2, place: "line 2", extra: {} },
  finding_decision: {
    ...{ id: other, account_id: 1, method: "swav", code: "interval", place: "cell" },
    ...{ value: 1, verdict: "ACCEPTED", reason: "It is so." },
  },
  evaluation_job: { id: other, evaluation_id: other, position: 2, kind: "PART", title: "Digits" },
} satisfies Record<string, Row>;
type Table = keyof typeof rows;

const decided = { status: "REJECTED", decided_at: now, decided_by_id: 2, reason: "no" };
const firstResult = { method_id: 1, checkpoint_id: 1, measure_id: 1, source: "Table 1" };

/** The constraint, its table, and what is changed of the good row to violate it. */
const violations: readonly [constraint: string, table: Table, change: Row][] = [
  ["method_slug_form", "method", { slug: "Mo Co" }],
  ["method_name_text", "method", { name: " \n" }],
  ["method_year_plausible", "method", { year: 20 }],
  ["method_paper_url_form", "method", { paper_url: "javascript:alert(1)" }],
  ["method_paper_title_text", "method", { paper_title: "" }],
  ["method_bibtex_text", "method", { bibtex: " " }],
  ["method_slug_key", "method", { slug: "swav" }],
  ["pretraining_dataset_text", "pretraining", { dataset: "" }],
  ["pretraining_epochs_positive", "pretraining", { epochs: Number.NaN }],
  ["pretraining_batch_size_positive", "pretraining", { batch_size: 0 }],
  ["pretraining_pkey", "pretraining", { method_id: 1 }],
  ["pretraining_method_id_fkey", "pretraining", {}],
  ["checkpoint_name_text", "checkpoint", { name: "" }],
  ["checkpoint_sha256_form", "checkpoint", { sha256: hash("A") }],
  ["checkpoint_architecture_text", "checkpoint", { architecture: "" }],
  ["checkpoint_feature_dimension_positive", "checkpoint", { feature_dimension: 0 }],
  ["checkpoint_normalisation_channels", "checkpoint", { input_mean: [0] }],
  ["checkpoint_input_mean_finite", "checkpoint", { input_mean: [0, Number.NaN, 0] }],
  ["checkpoint_input_std_positive", "checkpoint", { input_std: [1, 0, 1] }],
  ["checkpoint_method_id_name_key", "checkpoint", { name: "ResNet-50 of the authors" }],
  ["checkpoint_method_id_fkey", "checkpoint", { method_id: 0 }],
  ["dataset_slug_form", "dataset", { slug: "a--b" }],
  ["dataset_title_text", "dataset", { title: "" }],
  ["dataset_domain_text", "dataset", { domain: "" }],
  ["dataset_sizes_positive", "dataset", { train_size: -1 }],
  ["dataset_manifest_form", "dataset", { manifest: "x" }],
  ["dataset_pkey", "dataset", { slug: "digits" }],
  ["setting_slug_form", "setting", { slug: "-" }],
  ["setting_title_text", "setting", { title: "" }],
  ["setting_pkey", "setting", { slug: "imagenet" }],
  ["metric_slug_form", "metric", { slug: "a/b" }],
  ["metric_title_text", "metric", { title: "" }],
  ["metric_unit_text", "metric", { unit: "" }],
  ["metric_bounds_ordered", "metric", { lower: 2 }],
  ["metric_digits_few", "metric", { digits: 11 }],
  ["metric_pkey", "metric", { slug: "accuracy" }],
  ["measure_slug_parts", "measure", { slug: "imagenet/digits/top1" }],
  ["measure_title_text", "measure", { title: "" }],
  [
    "measure_slug_key",
    "measure",
    { slug: "imagenet/imagenet/top1", dataset_slug: "imagenet", metric_slug: "top1" },
  ],
  ["measure_setting_slug_fkey", "measure", { slug: "x/digits/accuracy", setting_slug: "x" }],
  ["measure_dataset_slug_fkey", "measure", { slug: "imagenet/x/accuracy", dataset_slug: "x" }],
  ["measure_metric_slug_fkey", "measure", { slug: "imagenet/digits/x", metric_slug: "x" }],
  ["suite_slug_form", "suite", { slug: "X" }],
  ["suite_title_text", "suite", { title: "" }],
  ["suite_description_text", "suite", { description: "" }],
  ["suite_slug_key", "suite", { slug: "demo" }],
  ["suite_measure_position_counts", "suite_measure", { position: -1 }],
  ["suite_measure_suite_id_position_key", "suite_measure", { position: 0 }],
  ["suite_measure_pkey", "suite_measure", { measure_id: 2 }],
  ["suite_measure_suite_id_fkey", "suite_measure", { suite_id: 0 }],
  ["suite_measure_measure_id_fkey", "suite_measure", { measure_id: 0 }],
  ["protocol_fingerprint_form", "protocol", { fingerprint: "1" }],
  ["protocol_title_text", "protocol", { title: "" }],
  ["protocol_body_object", "protocol", { body: "[]" }],
  ["protocol_setting_slug_fkey", "protocol", { setting_slug: "x" }],
  ["run_identity_form", "run", { id: other, identity: "x" }],
  ["run_identity_key", "run", { id: other }],
  ["run_pkey", "run", { identity: hash("1") }],
  ["run_dataset_manifest_form", "run", { id: other, identity: hash("1"), dataset_manifest: "x" }],
  ["run_device_text", "run", { id: other, identity: hash("1"), device: "" }],
  ["run_versions_object", "run", { id: other, identity: hash("1"), versions: "[]" }],
  [
    "run_times_ordered",
    "run",
    { id: other, identity: hash("1"), state: "CANCELLED", finished_at: "2025-01-01" },
  ],
  ["run_state_whole", "run", { id: other, identity: hash("1"), state: "FAILED", finished_at: now }],
  [
    "run_protocol_fingerprint_fkey",
    "run",
    { id: other, identity: hash("1"), protocol_fingerprint: hash("0") },
  ],
  ["run_checkpoint_id_fkey", "run", { id: other, identity: hash("1"), checkpoint_id: 0 }],
  ["run_dataset_slug_fkey", "run", { id: other, identity: hash("1"), dataset_slug: "x" }],
  ["run_no_parent_of_itself", "run", { id: other, identity: hash("1"), parent_run_id: other }],
  ["run_parent_run_id_fkey", "run", { id: other, identity: hash("1"), parent_run_id: submission }],
  ["run_requested_by_id_fkey", "run", { id: other, identity: hash("1"), requested_by_id: 0 }],
  ["account_name_text", "account", { name: " " }],
  ["account_name_key", "account", { name: "Ada" }],
  ["api_token_name_text", "api_token", { name: "" }],
  ["api_token_hash_form", "api_token", { hash: "secret" }],
  ["api_token_scopes_some", "api_token", { scopes: "{}" }],
  ["api_token_expires_later", "api_token", { expires_at: "2000-01-01" }],
  ["api_token_account_id_fkey", "api_token", { account_id: 0 }],
  ["submission_idempotency_key_text", "submission", { idempotency_key: "" }],
  ["submission_body_hash_form", "submission", { body_hash: "x" }],
  ["submission_body_object", "submission", { body: "[]" }],
  ["submission_decision_whole", "submission", { status: "ACCEPTED" }],
  ["submission_reviewer_other", "submission", { ...decided, decided_by_id: 1 }],
  ["submission_account_id_idempotency_key_key", "submission", { id: run }],
  ["submission_pkey", "submission", { id: submission, idempotency_key: "other" }],
  ["submission_account_id_fkey", "submission", { account_id: 0 }],
  ["submission_decided_by_id_fkey", "submission", { ...decided, idempotency_key: "other", decided_by_id: 0 }],
  ["result_value_finite", "result", { value: Number.NaN }],
  ["result_value_in_bounds", "result", { value: 100.5 }],
  ["result_interval_contains_value", "result", { interval_lower: 51, interval_upper: 52 }],
  ["result_sample_size_positive", "result", { sample_size: 0 }],
  ["result_source_text", "result", { source: "" }],
  ["result_supersedes_earlier", "result", { supersedes_id: 9_000_000 }],
  ["result_supersedes_same", "result", { supersedes_id: 1 }],
  ["result_provenance_evidence", "result", { provenance: "REPRODUCED" }],
  ["result_published_once", "result", { ...firstResult, value: 1 }],
  ["result_checkpoint_id_method_id_fkey", "result", { checkpoint_id: 2 }],
  ["result_measure_id_fkey", "result", { measure_id: 0 }],
  ["result_protocol_fingerprint_fkey", "result", { protocol_fingerprint: hash("0") }],
  ["result_submission_id_fkey", "result", { provenance: "SELF_REPORTED", submission_id: other }],
  ["retraction_reason_text", "retraction", { reason: "" }],
  ["retraction_replacement_other", "retraction", { replacement_id: 1 }],
  ["retraction_replacement_same", "retraction", { replacement_id: 2 }],
  ["retraction_result_id_fkey", "retraction", { result_id: 0 }],
  ["retraction_account_id_fkey", "retraction", { account_id: 0 }],
  ["retraction_replacement_id_fkey", "retraction", { replacement_id: 0 }],
  ["claim_text_length", "claim", { text: "1>0" }],
  ["claim_text_key", "claim", { text: "value(swav, a/b/c) > 1" }],
  ["claim_pkey", "claim", { id: claim }],
  ["claim_account_id_fkey", "claim", { account_id: 0 }],
  ["claim_event_interval_order", "claim_event", { lower: 3 }],
  ["claim_event_answered", "claim_event", { value: null }],
  ["claim_event_pkey", "claim_event", { event_id: 1 }],
  ["claim_event_claim_id_fkey", "claim_event", { claim_id: other }],
  ["claim_event_event_id_fkey", "claim_event", { event_id: 9_000_000 }],
  ["claim_progress_pkey", "claim_progress", {}],
  ["claim_progress_claim_id_fkey", "claim_progress", { claim_id: other }],
  ["alias_kind_form", "alias", { kind: "A b" }],
  ["alias_name_text", "alias", { name: " " }],
  ["alias_pkey", "alias", { name: "taken" }],
  ["alias_any_case", "alias", { name: "TAKEN" }],
  ["alias_method_id_fkey", "alias", { method_id: 0 }],
  ["submitted_file_sha256_form", "submitted_file", { sha256: hash("A") }],
  ["submitted_file_pkey", "submitted_file", { sha256: hash("7") }],
  ["result_origin_extra_object", "result_origin", { extra: "[]" }],
  ["result_origin_pkey", "result_origin", { result_id: 1 }],
  ["result_origin_result_id_fkey", "result_origin", { result_id: 0 }],
  ["finding_decision_pkey", "finding_decision", { id: claim }],
  ["finding_decision_account_id_fkey", "finding_decision", { account_id: 0 }],
  ["finding_decision_reason_text", "finding_decision", { reason: " " }],
  ["finding_decision_value_finite", "finding_decision", { value: Number.NaN }],
  ["evaluation_job_pkey", "evaluation_job", { id: claim }],
  ["evaluation_job_evaluation_id_position_key", "evaluation_job", { evaluation_id: claim, position: 1 }],
  ["evaluation_job_title_text", "evaluation_job", { title: " " }],
  ["evaluation_job_taken_list", "evaluation_job", { taken: "{}" }],
];

/** Those that the table above cannot show: keys of generated ids, and what has a test of its own below. */
const elsewhere = new Set([
  ...["method", "checkpoint", "measure", "suite", "account", "result"].map((table) => `${table}_pkey`),
  ...["api_token_pkey", "protocol_pkey", "retraction_pkey", "audit_event_pkey", "audit_event_hash_key"],
  ...[
    "checkpoint_id_method_id_key",
    "checkpoint_sha256_key",
    "api_token_hash_key",
    "audit_event_account_id_fkey",
  ],
  ...["measure_setting_slug_dataset_slug_metric_slug_key", "result_supersedes_id_key", "result_corrections"],
  ...["result_run_once", "result_submission_once", "result_run_id_fkey", "result_supersedes_id_fkey"],
  ...["result_method_id_fkey", "result_checkpoint_id_fkey"],
]);

/** Tables whose words come with the migrations and the seed: the application may not add to them at all. */
const closed = new Set<Table>(["setting", "metric", "suite"]);

/** Runs statements in a transaction that is undone, and returns the error of the last. */
async function failureOf(
  client: pg.Client,
  ...statements: (() => Promise<unknown>)[]
): Promise<pg.DatabaseError> {
  await client.query("BEGIN");
  try {
    for (const statement of statements) await statement();
    await client.query("SET CONSTRAINTS ALL IMMEDIATE");
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error;
    throw error;
  } finally {
    await client.query("ROLLBACK");
  }
  throw new Error("The database took it.");
}

test.each(violations)("%s", async (constraint, table, change) => {
  const client = closed.has(table) ? owner : app;
  const failure = await failureOf(client, () => insert(client, table, { ...rows[table], ...change }));
  expect(failure.constraint).toBe(constraint);
});

test("no check, key or reference is without a violation", async () => {
  const { rows: found } = await owner.query<{ name: string }>(
    `SELECT conname AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'p', 'f')
       AND conrelid <> '_prisma_migrations'::regclass
     UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique AND indrelid <> '_prisma_migrations'::regclass
       AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)`,
  );
  const shown = new Set(violations.map(([constraint]) => constraint));
  expect(found.map(({ name }) => name).filter((name) => !shown.has(name) && !elsewhere.has(name))).toEqual(
    [],
  );
});
