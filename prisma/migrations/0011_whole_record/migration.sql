-- What the audit log says of every row is held against the row: the log of a row, replayed, is the row. Until now only
-- results, retractions and the states of submissions were.
--
-- A token's hash is no part of the log, for the log is shown; the hash of the hash is, so that a token put in the
-- place of another shows.

CREATE FUNCTION token_seal(hash text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(trim(hash), 'UTF8')), 'hex');

CREATE OR REPLACE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  after jsonb := to_jsonb(NEW) - '{hash,body,record,last_used_at}'::text[];
  before jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) - '{hash,body,record,last_used_at}'::text[] END;
  details jsonb;
  verb text;
BEGIN
  IF TG_TABLE_NAME = 'run' THEN
    after := after || jsonb_build_object('record_hash', encode(sha256(convert_to(to_jsonb(NEW)->>'record', 'UTF8')), 'hex'));
  END IF;
  IF TG_TABLE_NAME = 'api_token' THEN
    after := after || jsonb_build_object('hash_seal', token_seal(NEW.hash));
    IF TG_OP = 'UPDATE' THEN before := before || jsonb_build_object('hash_seal', token_seal(OLD.hash)); END IF;
  END IF;
  IF TG_OP = 'INSERT' THEN
    details := jsonb_strip_nulls(after);
    verb := 'created';
  ELSE
    SELECT coalesce(jsonb_object_agg(key, after->key), '{}') INTO details
      FROM jsonb_object_keys(after) AS key WHERE after->key IS DISTINCT FROM before->key AND key <> 'record_hash';
    IF details = '{}' THEN RETURN NULL; END IF;
    IF after ? 'record_hash' THEN details := details || jsonb_build_object('record_hash', after->'record_hash'); END IF;
    verb := 'changed';
  END IF;
  IF TG_ARGV[2] IS NOT NULL AND details ? TG_ARGV[2] AND (TG_OP = 'UPDATE' OR TG_TABLE_NAME = 'run') THEN
    verb := lower(after->>TG_ARGV[2]);
  END IF;
  IF TG_TABLE_NAME = 'api_token' AND details ? 'revoked_at' THEN verb := 'revoked'; END IF;
  PERFORM audit_append(
    coalesce(acting_account(), (after->>'decided_by_id')::integer, (after->>'account_id')::integer,
      (after->>'requested_by_id')::integer),
    TG_ARGV[0] || '.' || verb, TG_ARGV[0] || '/' || (after->>TG_ARGV[1]), details);
  RETURN NULL;
END $$;

-- Tokens of before.
SELECT audit_append(NULL, 'token.sealed', 'token/' || id, jsonb_build_object('hash_seal', token_seal(hash))) FROM api_token ORDER BY id;

-- A row as the log would tell it, and the log's telling of it, in one form: no nulls, moments in one zone.
CREATE FUNCTION audit_form(details jsonb) RETURNS jsonb LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
  SELECT coalesce(jsonb_object_agg(key, CASE WHEN key LIKE '%\_at' AND jsonb_typeof(value) = 'string'
      THEN to_jsonb((value #>> '{}')::timestamptz) ELSE value END), '{}')
    FROM jsonb_each(jsonb_strip_nulls(details))
$$;

-- Every row that the log tells of, as it stands. 'hash', 'body' and 'record' stand for themselves by their hashes.
CREATE FUNCTION audited_rows() RETURNS TABLE (subject text, held jsonb) LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
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
  ) every
$$;

-- What the log says of each of them: its events one over the other.
CREATE FUNCTION audited_log() RETURNS TABLE (subject text, told jsonb, last bigint) LANGUAGE sql STABLE AS $$
  SELECT subject, audit_form(jsonb_object_agg(key, value ORDER BY id)), max(id) FROM audit_event, jsonb_each(details)
    WHERE split_part(action, '.', 1) = split_part(subject, '/', 1) AND split_part(subject, '/', 1) = ANY
      ('{method,pretraining,checkpoint,dataset,setting,metric,measure,suite,protocol,run,account,token,submission,claim}')
    GROUP BY subject
$$;

CREATE FUNCTION record_faults() RETURNS TABLE (event_id bigint, fault text) LANGUAGE sql STABLE AS $$
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
      ('{result,retraction,audit_event,protocol,method,pretraining,checkpoint,dataset,setting,metric,measure,suite,suite_measure,run,account,api_token,submission,claim,claim_event}')
$$;
