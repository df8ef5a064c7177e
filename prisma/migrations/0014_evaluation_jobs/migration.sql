-- The jobs that a requested evaluation was divided into. Their states, progress and results are the queue's, which knows
-- each by the same id; here is what the queue has no place for: which jobs make a plan, and who took each.
-- Like the queue, it is not part of the record: what a run must remember of it stands in the run's own record.

CREATE TYPE "JobKind" AS ENUM ('EXTRACTION', 'PART', 'DATASET', 'CLOSING');

CREATE TABLE "evaluation_job" (
    "id" UUID NOT NULL,
    "evaluation_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "JobKind" NOT NULL,
    "title" TEXT NOT NULL,
    "depends_on" UUID[] NOT NULL DEFAULT '{}',
    "taken" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "evaluation_job_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "evaluation_job_evaluation_id_position_key" ON "evaluation_job"("evaluation_id", "position");

ALTER TABLE "evaluation_job"
  ADD CONSTRAINT "evaluation_job_title_text" CHECK (is_text("title", 300)),
  ADD CONSTRAINT "evaluation_job_taken_list" CHECK (jsonb_typeof("taken") = 'array');

GRANT SELECT, INSERT ON evaluation_job TO transferboard_app;
GRANT UPDATE (taken) ON evaluation_job TO transferboard_app;
