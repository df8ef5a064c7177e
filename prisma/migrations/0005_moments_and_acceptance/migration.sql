-- Moments that name a state of the ledger exactly, and self-reported values of accepted submissions only.
--
-- Moments travel in whole milliseconds, as ISO 8601 and as JavaScript's dates. So an event is stamped with the end of its
-- millisecond, and whatever enters the ledger after it is of a later moment, if only by a microsecond: what is asked for
-- as of the last event is what stood then, all of it and nothing else, and stays so. Clocks that step back change nothing.

CREATE FUNCTION ledger_clock() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  -- The ledger's lock is held, and each statement of a volatile function sees what was committed before it began.
  RETURN greatest(clock_timestamp(),
    (SELECT at FROM public.audit_event ORDER BY id DESC LIMIT 1) + interval '1 microsecond');
END $$;

ALTER TABLE result ALTER COLUMN recorded_at SET DEFAULT ledger_clock();
ALTER TABLE retraction ALTER COLUMN recorded_at SET DEFAULT ledger_clock();

CREATE OR REPLACE FUNCTION audit_append(account_id integer, action text, subject text, details jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  last audit_event;
  event audit_event;
  -- An event that tells of the ledger is not before what it tells of, which is after the event before.
  past_last CONSTANT interval := CASE WHEN audit_append.action IN ('results.recorded', 'result.retracted')
    THEN '1 microsecond' ELSE '0' END;
BEGIN
  PERFORM lock_ledger();
  SELECT * INTO last FROM audit_event ORDER BY id DESC LIMIT 1;
  event.id := coalesce(last.id, 0) + 1;
  event.at := date_trunc('milliseconds', greatest(clock_timestamp(), last.at + past_last) + interval '999 microseconds');
  event.account_id := audit_append.account_id;
  event.action := audit_append.action;
  event.subject := audit_append.subject;
  event.details := coalesce(audit_append.details, '{}');
  event.previous_hash := coalesce(last.hash, repeat('0', 64));
  event.hash := audit_hash(event);
  INSERT INTO audit_event SELECT event.*;
  RETURN event.id;
END $$;

-- Events from before this migration may lie within their millisecond.
CREATE OR REPLACE FUNCTION ledger_moment() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT date_trunc('milliseconds', at + interval '999 microseconds') FROM audit_event ORDER BY id DESC LIMIT 1);

CREATE FUNCTION result_accepted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  wrong record;
BEGIN
  SELECT s.id, s.status INTO wrong FROM added a JOIN submission s ON s.id = a.submission_id
    WHERE s.status <> 'ACCEPTED' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'submission % is %: its values enter the ledger when it is accepted', wrong.id, wrong.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'result_submission_accepted';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER result_accepted AFTER INSERT ON result REFERENCING NEW TABLE AS added EXECUTE FUNCTION result_accepted();
