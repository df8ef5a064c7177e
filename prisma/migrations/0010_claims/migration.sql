-- Living claims: a question of the record and what is asserted of its answer. What is asserted never moves; whether it
-- holds is a function of the ledger's position, kept here as it is found out.

CREATE TYPE "ClaimState" AS ENUM ('HOLDING', 'SHAKEN', 'OVERTURNED', 'UNANSWERABLE');

CREATE TABLE "claim" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "question" JSONB NOT NULL,
    "assertion" JSONB NOT NULL,
    "stated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "claim_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "claim_event" (
    "claim_id" UUID NOT NULL,
    "event_id" BIGINT NOT NULL,
    "state" "ClaimState" NOT NULL,
    "value" DOUBLE PRECISION,
    "lower" DOUBLE PRECISION,
    "upper" DOUBLE PRECISION,
    "reason" TEXT,

    CONSTRAINT "claim_event_pkey" PRIMARY KEY ("claim_id","event_id")
);

CREATE TABLE "claim_progress" (
    "claim_id" UUID NOT NULL,
    "event_id" BIGINT NOT NULL,

    CONSTRAINT "claim_progress_pkey" PRIMARY KEY ("claim_id")
);

CREATE UNIQUE INDEX "claim_text_key" ON "claim"("text");

ALTER TABLE "claim" ADD CONSTRAINT "claim_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "claim_event" ADD CONSTRAINT "claim_event_claim_id_fkey" FOREIGN KEY ("claim_id") REFERENCES "claim"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "claim_event" ADD CONSTRAINT "claim_event_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "audit_event"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "claim_progress" ADD CONSTRAINT "claim_progress_claim_id_fkey" FOREIGN KEY ("claim_id") REFERENCES "claim"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "claim" ADD CONSTRAINT "claim_text_length" CHECK (length("text") BETWEEN 5 AND 1000);
ALTER TABLE "claim_event" ADD CONSTRAINT "claim_event_interval_order" CHECK ("lower" IS NULL AND "upper" IS NULL OR "lower" <= "upper");
ALTER TABLE "claim_event" ADD CONSTRAINT "claim_event_answered" CHECK (("state" = 'UNANSWERABLE') = ("value" IS NULL));

CREATE TRIGGER claim_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim EXECUTE FUNCTION refuse_change();
CREATE TRIGGER claim_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_event EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER claim_audited AFTER INSERT ON claim
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_row('claim', 'id');

GRANT SELECT ON claim, claim_event, claim_progress TO transferboard_app;
GRANT INSERT ON claim, claim_event, claim_progress TO transferboard_app;
GRANT UPDATE (event_id) ON claim_progress TO transferboard_app;
