-- The role that the API, the workers and the command act as. It reads everything and adds to everything; it changes
-- only what may change, deletes nothing, and could not alter the ledger even if a trigger were dropped.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'transferboard_app') THEN
    CREATE ROLE transferboard_app NOLOGIN;
  END IF;
  -- Before Postgres 16 whoever is a member of a role may take it; since then the grant says so.
  IF current_setting('server_version_num')::int < 160000 THEN
    IF NOT pg_has_role(current_user, 'transferboard_app', 'MEMBER') THEN
      EXECUTE format('GRANT transferboard_app TO %I', current_user);
    END IF;
  ELSIF NOT pg_has_role(current_user, 'transferboard_app', 'SET') THEN
    EXECUTE format('GRANT transferboard_app TO %I WITH SET TRUE', current_user);
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'user % may not make the role that the application acts as', current_user
      USING HINT = 'Have an administrator run: CREATE ROLE transferboard_app NOLOGIN; GRANT transferboard_app TO this user;';
END $$;

GRANT USAGE ON SCHEMA public TO transferboard_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO transferboard_app;

GRANT INSERT ON method, pretraining, checkpoint, dataset, measure, suite_measure, protocol, run, account, api_token, submission
  TO transferboard_app;
-- Not their ids and times: those are the ledger's order.
GRANT INSERT (method_id, checkpoint_id, measure_id, value, interval_lower, interval_upper, sample_size, seeds, provenance,
  source, protocol_fingerprint, run_id, submission_id, supersedes_id) ON result TO transferboard_app;
GRANT INSERT (result_id, account_id, reason, replacement_id) ON retraction TO transferboard_app;

GRANT UPDATE (name, family, year, paper_title, paper_url, bibtex) ON method TO transferboard_app;
GRANT UPDATE ON pretraining TO transferboard_app;
GRANT UPDATE (title, domain, class_count, train_size, val_size, test_size, manifest) ON dataset TO transferboard_app;
GRANT UPDATE (device, versions, state, failure, record, started_at, finished_at) ON run TO transferboard_app;
GRANT UPDATE (status, decided_at, decided_by_id, reason) ON submission TO transferboard_app;
GRANT UPDATE (revoked_at, last_used_at) ON api_token TO transferboard_app;

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO transferboard_app;

REVOKE EXECUTE ON FUNCTION audit_append(integer, text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append(integer, text, text, jsonb) TO transferboard_app;

-- The job queue keeps its own tables, in a schema of its own that it may fill.
CREATE SCHEMA pgboss AUTHORIZATION transferboard_app;
