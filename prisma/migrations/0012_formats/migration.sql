-- Results in other tools' formats: names by which models are known there, the files that were sent, and what a value's
-- file says beside it. The ledger's rows stay as they are, since their digests are over whole rows.

CREATE TABLE "alias" (
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "method_id" INTEGER NOT NULL REFERENCES "method"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "alias_pkey" PRIMARY KEY ("kind", "name")
);
CREATE INDEX "alias_method_id_idx" ON "alias"("method_id");
-- Compared without case.
CREATE UNIQUE INDEX "alias_any_case" ON "alias" ("kind", lower("name"));
ALTER TABLE "alias"
  ADD CONSTRAINT "alias_kind_form" CHECK (is_slug("kind")),
  ADD CONSTRAINT "alias_name_text" CHECK (is_text("name", 300));

CREATE TABLE "submitted_file" (
    "sha256" CHAR(64) NOT NULL,
    "size" INTEGER NOT NULL,
    "gzip" BYTEA NOT NULL,
    CONSTRAINT "submitted_file_pkey" PRIMARY KEY ("sha256")
);
ALTER TABLE "submitted_file" ADD CONSTRAINT "submitted_file_sha256_form" CHECK (is_sha256("sha256"));

CREATE TABLE "result_origin" (
    "result_id" BIGINT NOT NULL REFERENCES "result"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "place" TEXT NOT NULL,
    "evaluated_at" TEXT,
    "extra" JSONB NOT NULL,
    CONSTRAINT "result_origin_pkey" PRIMARY KEY ("result_id")
);
ALTER TABLE "result_origin" ADD CONSTRAINT "result_origin_extra_object" CHECK (jsonb_typeof("extra") = 'object');

CREATE TRIGGER submitted_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON submitted_file EXECUTE FUNCTION refuse_change();
CREATE TRIGGER result_origin_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON result_origin EXECUTE FUNCTION refuse_change();

-- Somebody else's published table comes as an operator's submission, and stays a published one.
ALTER TABLE "result" DROP CONSTRAINT "result_provenance_evidence";
ALTER TABLE "result" ADD CONSTRAINT "result_provenance_evidence" CHECK (CASE provenance
    WHEN 'PUBLISHED' THEN run_id IS NULL
    WHEN 'SELF_REPORTED' THEN run_id IS NULL AND submission_id IS NOT NULL
    WHEN 'REPRODUCED' THEN run_id IS NOT NULL AND submission_id IS NULL AND protocol_fingerprint IS NOT NULL
  END);

GRANT SELECT, INSERT ON alias, submitted_file, result_origin TO transferboard_app;
