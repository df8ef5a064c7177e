-- What a reviewer decided of an implausible value of the ledger: kept with its value, so that the same finding is
-- not asked about again, and one of another value is.

CREATE TYPE "FindingVerdict" AS ENUM ('ACCEPTED', 'CORRECTED', 'REJECTED');

CREATE TABLE "finding_decision" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "method" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "value" DOUBLE PRECISION,
    "verdict" "FindingVerdict" NOT NULL,
    "reason" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_decision_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "finding_decision_method_code_place_idx" ON "finding_decision"("method", "code", "place");

ALTER TABLE "finding_decision" ADD CONSTRAINT "finding_decision_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "finding_decision"
  ADD CONSTRAINT "finding_decision_reason_text" CHECK (is_text("reason", 5000)),
  ADD CONSTRAINT "finding_decision_value_finite" CHECK (is_finite("value"));

CREATE TRIGGER finding_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_decision EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER finding_decision_audited AFTER INSERT ON finding_decision
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('finding', 'id');

GRANT SELECT, INSERT ON finding_decision TO transferboard_app;

-- The values that are held against each other: what boards show of metrics with a lower bound, without control rows.
CREATE VIEW plausible_value AS
  SELECT m.id AS method_id, e.position AS place, m.slug AS method, e.slug AS measure, c.value,
    c.interval_lower AS lower, c.interval_upper AS upper, c.sample_size AS "sampleSize",
    coalesce(cardinality(c.seeds), 0) AS seeds, c.protocol_fingerprint AS protocol
  FROM current_cell c JOIN method m ON m.id = c.method_id JOIN measure e ON e.id = c.measure_id
    JOIN metric t ON t.slug = e.metric_slug
  WHERE t.lower IS NOT NULL AND m.family <> 'CONTROL';

GRANT SELECT ON plausible_value TO transferboard_app;

-- A decision is held against the audit log as every other row is, its guards too.
CREATE OR REPLACE FUNCTION audited_rows() RETURNS TABLE (subject text, held jsonb) LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
  SELECT subject, audit_form(held - '{hash,body,record,last_used_at}'::text[]) FROM (
    SELECT 'method/' || slug AS subject, to_jsonb(t) AS held FROM method t
    UNION ALL SELECT 'pretraining/' || method_id, to_jsonb(t) FROM pretraining t
    UNION ALL SELECT 'checkpoint/' || id, to_jsonb(t) FROM checkpoint t
    UNION ALL SELECT 'dataset/' || slug, to_jsonb(t) FROM dataset t
    UNION ALL SELECT 'setting/' || slug, to_jsonb(t) FROM setting t
    UNION ALL SELECT 'metric/' || slug, to_jsonb(t) FROM metric t
    UNION ALL SELECT 'measure/' || slug, to_jsonb(t) FROM measure t
    UNION ALL SELECT 'suite/' || slug, to_jsonb(t) FROM suite t
    UNION ALL SELECT 'protocol/' || fingerprint, to_jsonb(t) FROM protocol t
    UNION ALL SELECT 'run/' || id, to_jsonb(t) || jsonb_build_object('record_hash',
      encode(sha256(convert_to(to_jsonb(t)->>'record', 'UTF8')), 'hex')) FROM run t
    UNION ALL SELECT 'account/' || id, to_jsonb(t) FROM account t
    UNION ALL SELECT 'token/' || id, to_jsonb(t) || jsonb_build_object('hash_seal', token_seal(hash)) FROM api_token t
    UNION ALL SELECT 'submission/' || id, to_jsonb(t) FROM submission t
    UNION ALL SELECT 'claim/' || id, to_jsonb(t) FROM claim t
    UNION ALL SELECT 'finding/' || id, to_jsonb(t) FROM finding_decision t
  ) every
$$;

CREATE OR REPLACE FUNCTION audited_log() RETURNS TABLE (subject text, told jsonb, last bigint) LANGUAGE sql STABLE AS $$
  SELECT subject, audit_form(jsonb_object_agg(key, value ORDER BY id)), max(id) FROM audit_event, jsonb_each(details)
    WHERE split_part(action, '.', 1) = split_part(subject, '/', 1) AND split_part(subject, '/', 1) = ANY
      ('{method,pretraining,checkpoint,dataset,setting,metric,measure,suite,protocol,run,account,token,submission,claim,finding}')
    GROUP BY subject
$$;

CREATE OR REPLACE FUNCTION record_faults() RETURNS TABLE (event_id bigint, fault text) LANGUAGE sql STABLE AS $$
  SELECT last, CASE
      WHEN told IS NULL THEN format('%s is in no event of the audit log', subject)
      WHEN held IS NULL THEN format('%s was removed: the audit log tells of it', subject)
      ELSE format('%s was changed: %s not what the audit log says', subject, (
        SELECT string_agg(key, ', ' ORDER BY key) || CASE count(*) WHEN 1 THEN ' is' ELSE ' are' END
        FROM (SELECT key FROM jsonb_object_keys(told || held) AS key WHERE told->key IS DISTINCT FROM held->key) differing)) END
    FROM audited_rows() FULL JOIN audited_log() USING (subject)
    -- What was added to a table later is in no event of before: a run's parent, a token's seal.
    WHERE told IS NULL OR held IS NULL OR told IS DISTINCT FROM (held
      - CASE WHEN told ? 'parent_run_id' THEN '' ELSE 'parent_run_id' END
      - CASE WHEN told ? 'hash_seal' THEN '' ELSE 'hash_seal' END)
  UNION ALL
  SELECT NULL, format('run %s came out of a run that its record does not name', r.id)
    FROM run r JOIN run parent ON parent.id = r.parent_run_id
    WHERE r.record->>'of' IS DISTINCT FROM parent.identity::text AND NOT EXISTS (SELECT FROM audit_event e
      WHERE e.subject = 'run/' || r.id AND e.details->>'parent_run_id' = r.parent_run_id::text)
  UNION ALL
  -- An event of a suite's measure names the suite alone; what was created has both, and no row is ever taken out.
  SELECT NULL, format('suite %s shows other measures than the audit log says', suite_id)
    FROM (SELECT suite_id, array_agg(measure_id ORDER BY measure_id) AS held FROM suite_measure GROUP BY suite_id) rows
    FULL JOIN (SELECT (details->>'suite_id')::integer AS suite_id,
      array_agg((details->>'measure_id')::integer ORDER BY (details->>'measure_id')::integer) AS told
      FROM audit_event WHERE action = 'suite-measure.created' GROUP BY 1) log USING (suite_id)
    WHERE held IS DISTINCT FROM told
  UNION ALL
  SELECT e.id, format('suite %s shows measure %s otherwise than the audit log says', s.suite_id, s.measure_id)
    FROM suite_measure s JOIN audit_event e ON e.action = 'suite-measure.created'
      AND (e.details->>'suite_id')::integer = s.suite_id AND (e.details->>'measure_id')::integer = s.measure_id
    WHERE (e.details->'position', e.details->'ranked') IS DISTINCT FROM (to_jsonb(s.position), to_jsonb(s.ranked))
      AND NOT EXISTS (SELECT FROM audit_event c WHERE c.action = 'suite-measure.changed' AND c.subject = e.subject)
  UNION ALL
  -- Who switches a guard off can write past the log: the guards are looked at too.
  SELECT NULL, format('the trigger %s of %s is switched off', tgname, tgrelid::regclass)
    FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O' AND tgrelid::regclass::text = ANY
      ('{result,retraction,audit_event,protocol,method,pretraining,checkpoint,dataset,setting,metric,measure,suite,suite_measure,run,account,api_token,submission,claim,claim_event,finding_decision}')
$$;
