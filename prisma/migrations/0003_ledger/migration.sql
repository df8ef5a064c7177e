-- The ledger and the audit log: only ever added to, in one order, each event carrying the hash of the one before.
--
-- Order. Whoever writes results or an audit event holds one advisory lock until commit, so events and results become
-- visible in the order of their ids: the latest event's id is the ledger's position, an exact key for caches. Row
-- events are deferred to the commit, so the lock is held for the commit itself and not for a client's round trips.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'To mend a value record a result that supersedes it; to withdraw one record a retraction.';
END $$;

CREATE TRIGGER result_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON result EXECUTE FUNCTION refuse_change();
CREATE TRIGGER retraction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON retraction EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event EXECUTE FUNCTION refuse_change();
CREATE TRIGGER protocol_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON protocol EXECUTE FUNCTION refuse_change();

CREATE FUNCTION lock_ledger() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(20113377) $$;

CREATE FUNCTION lock_ledger_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_ledger();
  RETURN NULL;
END $$;

-- Before the first row takes its id and its time.
CREATE TRIGGER result_in_order BEFORE INSERT ON result EXECUTE FUNCTION lock_ledger_first();
CREATE TRIGGER retraction_in_order BEFORE INSERT ON retraction EXECUTE FUNCTION lock_ledger_first();

-- The audit log ------------------------------------------------------------------------------------------------

-- What is hashed of an event: JSON, so that no two different events give the same text.
CREATE FUNCTION audit_text(e audit_event) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_array(
  e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.account_id, e.action, e.subject,
  e.details, e.previous_hash::text)::text;

CREATE FUNCTION audit_hash(e audit_event) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(audit_text(e), 'UTF8')), 'hex');

-- The one way to write an event. Two that got the same id could not both commit: the chain cannot fork.
CREATE FUNCTION audit_append(account_id integer, action text, subject text, details jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  last audit_event;
  event audit_event;
BEGIN
  PERFORM lock_ledger();
  SELECT * INTO last FROM audit_event ORDER BY id DESC LIMIT 1;
  event.id := coalesce(last.id, 0) + 1;
  event.at := greatest(clock_timestamp(), last.at);
  event.account_id := audit_append.account_id;
  event.action := audit_append.action;
  event.subject := audit_append.subject;
  event.details := coalesce(audit_append.details, '{}');
  event.previous_hash := coalesce(last.hash, repeat('0', 64));
  event.hash := audit_hash(event);
  INSERT INTO audit_event SELECT event.*;
  RETURN event.id;
END $$;

-- Who is acting: set_config('transferboard.account', id, true) at the start of a transaction; else the row says.
CREATE FUNCTION acting_account() RETURNS integer LANGUAGE sql STABLE
RETURN nullif(current_setting('transferboard.account', true), '')::integer;

-- A row's event. Arguments: the kind of thing, the column that names it, the column of its state (or nothing).
-- Secrets and long records stay out of the log; a long record's hash stands for it.
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  after jsonb := to_jsonb(NEW) - '{hash,body,record,last_used_at}'::text[];
  before jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) - '{hash,body,record,last_used_at}'::text[] END;
  details jsonb;
  verb text;
BEGIN
  IF TG_TABLE_NAME = 'run' THEN
    after := after || jsonb_build_object('record_hash', encode(sha256(convert_to(to_jsonb(NEW)->>'record', 'UTF8')), 'hex'));
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

CREATE CONSTRAINT TRIGGER method_audited AFTER INSERT OR UPDATE ON method
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('method', 'slug');
CREATE CONSTRAINT TRIGGER pretraining_audited AFTER INSERT OR UPDATE ON pretraining
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('pretraining', 'method_id');
CREATE CONSTRAINT TRIGGER checkpoint_audited AFTER INSERT OR UPDATE ON checkpoint
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('checkpoint', 'id');
CREATE CONSTRAINT TRIGGER dataset_audited AFTER INSERT OR UPDATE ON dataset
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('dataset', 'slug');
CREATE CONSTRAINT TRIGGER setting_audited AFTER INSERT OR UPDATE ON setting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('setting', 'slug');
CREATE CONSTRAINT TRIGGER metric_audited AFTER INSERT OR UPDATE ON metric
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('metric', 'slug');
CREATE CONSTRAINT TRIGGER measure_audited AFTER INSERT OR UPDATE ON measure
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('measure', 'slug');
CREATE CONSTRAINT TRIGGER suite_audited AFTER INSERT OR UPDATE ON suite
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('suite', 'slug');
CREATE CONSTRAINT TRIGGER suite_measure_audited AFTER INSERT OR UPDATE ON suite_measure
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('suite-measure', 'suite_id');
CREATE CONSTRAINT TRIGGER protocol_audited AFTER INSERT ON protocol
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('protocol', 'fingerprint');
CREATE CONSTRAINT TRIGGER run_audited AFTER INSERT OR UPDATE ON run
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('run', 'id', 'state');
CREATE CONSTRAINT TRIGGER account_audited AFTER INSERT OR UPDATE ON account
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('account', 'id');
CREATE CONSTRAINT TRIGGER api_token_audited AFTER INSERT OR UPDATE ON api_token
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('token', 'id');
CREATE CONSTRAINT TRIGGER submission_audited AFTER INSERT OR UPDATE ON submission
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('submission', 'id', 'status');

-- Results --------------------------------------------------------------------------------------------------------

-- One hash over the rows of the ledger between two ids: their event keeps it, so a later change of any shows.
CREATE FUNCTION ledger_digest(first bigint, last bigint) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp SET extra_float_digits = 1 SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
  SELECT encode(sha256(convert_to(coalesce(string_agg(r::text, E'\n' ORDER BY r.id), ''), 'UTF8')), 'hex')
    FROM result r WHERE r.id BETWEEN first AND last
$$;

-- What one row cannot check by itself, for all rows of a statement at once; then their event.
CREATE FUNCTION result_recorded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  wrong record;
  batch record;
BEGIN
  SELECT a.value, m.slug, t.lower, t.upper, t.unit INTO wrong
    FROM added a JOIN measure m ON m.id = a.measure_id JOIN metric t ON t.slug = m.metric_slug
    WHERE a.value < t.lower OR a.value > t.upper LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a value of % is out of the bounds of %: % to % %', wrong.value, wrong.slug,
      coalesce(wrong.lower::text, 'anything'), coalesce(wrong.upper::text, 'anything'), wrong.unit
      USING ERRCODE = 'check_violation', CONSTRAINT = 'result_value_in_bounds';
  END IF;

  SELECT a.id INTO wrong FROM added a JOIN run ON run.id = a.run_id
    WHERE (run.checkpoint_id, run.protocol_fingerprint) IS DISTINCT FROM (a.checkpoint_id, a.protocol_fingerprint) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a result must have the checkpoint and the protocol of its run'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'result_matches_run';
  END IF;

  SELECT prior.id, EXISTS (SELECT FROM retraction WHERE result_id = prior.id) AS retracted INTO wrong
    FROM added a JOIN result prior ON prior.id = a.supersedes_id
    WHERE (prior.measure_id, prior.method_id, prior.provenance) IS DISTINCT FROM (a.measure_id, a.method_id, a.provenance)
      OR EXISTS (SELECT FROM retraction WHERE result_id = prior.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'result % cannot be superseded: %', wrong.id, CASE WHEN wrong.retracted THEN 'it is retracted'
      ELSE 'a correction is of the same measure, method and provenance' END
      USING ERRCODE = 'check_violation', CONSTRAINT = 'result_supersedes_same';
  END IF;

  SELECT count(*) AS rows, min(id) AS first, max(id) AS last, array_agg(supersedes_id) FILTER (WHERE supersedes_id IS NOT NULL) AS corrected,
      min(submission_id::text) AS submission, count(DISTINCT submission_id) AS submissions, count(submission_id) AS submitted,
      min(run_id::text) AS run, count(DISTINCT run_id) AS runs, count(run_id) AS ran
    INTO batch FROM added;
  IF batch.rows = 0 THEN RETURN NULL; END IF;
  PERFORM audit_append(
    acting_account(), 'results.recorded',
    CASE WHEN batch.submissions = 1 AND batch.submitted = batch.rows THEN 'submission/' || batch.submission
         WHEN batch.runs = 1 AND batch.ran = batch.rows THEN 'run/' || batch.run ELSE 'ledger' END,
    jsonb_strip_nulls(jsonb_build_object('count', batch.rows, 'first', batch.first, 'last', batch.last,
      'digest', ledger_digest(batch.first, batch.last), 'supersedes', to_jsonb(batch.corrected))));
  RETURN NULL;
END $$;

CREATE TRIGGER result_recorded AFTER INSERT ON result REFERENCING NEW TABLE AS added EXECUTE FUNCTION result_recorded();

CREATE FUNCTION retraction_recorded() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT a.*, r.measure_id, r.method_id FROM added a JOIN result r ON r.id = a.result_id ORDER BY a.result_id LOOP
    IF one.replacement_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM result n WHERE n.id = one.replacement_id AND n.measure_id = one.measure_id AND n.method_id = one.method_id
    ) THEN
      RAISE EXCEPTION 'result % cannot replace result %: a replacement is of the same measure and method', one.replacement_id, one.result_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'retraction_replacement_same';
    END IF;
    PERFORM audit_append(one.account_id, 'result.retracted', 'result/' || one.result_id,
      jsonb_build_object('reason', one.reason, 'replacement', one.replacement_id));
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER retraction_recorded AFTER INSERT ON retraction REFERENCING NEW TABLE AS added EXECUTE FUNCTION retraction_recorded();

-- States that are final ------------------------------------------------------------------------------------------

CREATE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'PENDING' THEN
    RAISE EXCEPTION 'submission % is already %', OLD.id, OLD.status USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF (NEW.id, NEW.account_id, NEW.idempotency_key, NEW.body_hash, NEW.body, NEW.created_at)
     IS DISTINCT FROM (OLD.id, OLD.account_id, OLD.idempotency_key, OLD.body_hash, OLD.body, OLD.created_at) THEN
    RAISE EXCEPTION 'what was submitted as % stays as it is', OLD.id USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submission_decided_once BEFORE UPDATE ON submission FOR EACH ROW EXECUTE FUNCTION keep_decision();

CREATE FUNCTION keep_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'DONE' THEN
    RAISE EXCEPTION 'run % is done and stays as it is', OLD.id USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF (NEW.id, NEW.identity, NEW.protocol_fingerprint, NEW.checkpoint_id, NEW.dataset_slug, NEW.dataset_manifest, NEW.seed)
     IS DISTINCT FROM (OLD.id, OLD.identity, OLD.protocol_fingerprint, OLD.checkpoint_id, OLD.dataset_slug, OLD.dataset_manifest, OLD.seed) THEN
    RAISE EXCEPTION 'what run % evaluates stays as it is', OLD.id USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_done_once BEFORE UPDATE ON run FOR EACH ROW EXECUTE FUNCTION keep_run();

CREATE FUNCTION keep_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'token % is revoked and stays so', OLD.id USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER api_token_revoked_once BEFORE UPDATE ON api_token FOR EACH ROW EXECUTE FUNCTION keep_token();

-- Asking ---------------------------------------------------------------------------------------------------------

-- Every value that was valid at a moment: recorded by then, and neither corrected nor retracted by then. 'infinity'
-- is now. The planner sees through it, so conditions on measures and methods reach the index.
CREATE FUNCTION ledger_as_of(moment timestamptz) RETURNS SETOF result LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT r.* FROM result r
  WHERE r.recorded_at <= moment
    AND NOT EXISTS (SELECT FROM result c WHERE c.supersedes_id = r.id AND c.supersedes_id IS NOT NULL AND c.recorded_at <= moment)
    AND NOT EXISTS (SELECT FROM retraction x WHERE x.result_id = r.id AND x.recorded_at <= moment)
$$;

-- The value that a board shows for each measure and method: the best standing (REPRODUCED, then PUBLISHED, then
-- SELF_REPORTED), and of those the latest.
CREATE FUNCTION board_as_of(moment timestamptz) RETURNS SETOF result LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT DISTINCT ON (r.measure_id, r.method_id) r.* FROM result r
  WHERE r.recorded_at <= moment
    AND NOT EXISTS (SELECT FROM result c WHERE c.supersedes_id = r.id AND c.supersedes_id IS NOT NULL AND c.recorded_at <= moment)
    AND NOT EXISTS (SELECT FROM retraction x WHERE x.result_id = r.id AND x.recorded_at <= moment)
  ORDER BY r.measure_id, r.method_id, r.provenance DESC, r.id DESC
$$;

CREATE VIEW current_result AS SELECT * FROM ledger_as_of('infinity');
CREATE VIEW current_cell AS SELECT * FROM board_as_of('infinity');

-- Where the ledger and the catalogue stand: each is the last event that changed it, so what is derived from either is
-- cached by its number and never stale. The indexes make it two steps, however long the log.
CREATE INDEX audit_event_ledger ON audit_event (id) WHERE action IN ('results.recorded', 'result.retracted');
CREATE INDEX audit_event_catalogue ON audit_event (id)
  WHERE split_part(action, '.', 1) IN ('method', 'pretraining', 'dataset', 'setting', 'metric', 'measure', 'suite', 'suite-measure');
CREATE VIEW ledger_position AS SELECT
  coalesce((SELECT max(id) FROM audit_event WHERE action IN ('results.recorded', 'result.retracted')), 0) AS ledger,
  coalesce((SELECT max(id) FROM audit_event WHERE split_part(action, '.', 1) IN
    ('method', 'pretraining', 'dataset', 'setting', 'metric', 'measure', 'suite', 'suite-measure')), 0) AS catalogue;

-- The moment of the last change: a board asked for as of it never changes, so it is what a citation names.
CREATE FUNCTION ledger_moment() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT at FROM audit_event ORDER BY id DESC LIMIT 1);

-- Everything that does not agree, in words; no row where all is well.
CREATE FUNCTION audit_faults() RETURNS TABLE (event_id bigint, fault text) LANGUAGE sql STABLE AS $$
  SELECT id, CASE
      WHEN id <> place THEN format('event %s stands in place %s: one before it is missing', id, place)
      WHEN previous_hash <> expected_previous THEN format('event %s does not follow from the one before it', id)
      ELSE format('event %s was changed after it was written', id) END
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place, previous_hash,
        lag(hash, 1, repeat('0', 64)) OVER (ORDER BY id) AS expected_previous, hash = audit_hash(e) AS intact FROM audit_event e) chain
    WHERE id <> place OR previous_hash <> expected_previous OR NOT intact
  UNION ALL
  SELECT id, format('the results that event %s recorded (%s to %s) were changed', id, details->>'first', details->>'last')
    FROM audit_event WHERE action = 'results.recorded'
      AND details->>'digest' <> ledger_digest((details->>'first')::bigint, (details->>'last')::bigint)
  UNION ALL
  SELECT NULL, format('%s results stand in the ledger and %s in the audit log', held, told)
    FROM (SELECT (SELECT count(*) FROM result) AS held,
      (SELECT coalesce(sum((details->>'count')::bigint), 0) FROM audit_event WHERE action = 'results.recorded') AS told) counts
    WHERE held <> told
  UNION ALL
  SELECT e.id, format('retraction of %s and its audit event differ', coalesce(e.subject, 'result/' || x.result_id))
    FROM retraction x FULL JOIN (SELECT * FROM audit_event WHERE action = 'result.retracted') e ON e.subject = 'result/' || x.result_id
    WHERE (x.reason, x.replacement_id, x.account_id) IS DISTINCT FROM (e.details->>'reason', (e.details->>'replacement')::bigint, e.account_id)
  UNION ALL
  SELECT e.id, format('submission %s is %s, and its audit log ends with %s', s.id, s.status, coalesce(e.action, 'nothing'))
    FROM submission s LEFT JOIN LATERAL (SELECT a.id, a.action FROM audit_event a WHERE a.subject = 'submission/' || s.id
      AND a.action LIKE 'submission.%' ORDER BY a.id DESC LIMIT 1) e ON true
    WHERE coalesce(e.action, '') <> CASE s.status WHEN 'PENDING' THEN 'submission.created' ELSE 'submission.' || lower(s.status::text) END
$$;
