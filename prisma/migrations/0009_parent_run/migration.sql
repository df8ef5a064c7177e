-- Which run another came out of stands in a column. Until now it was the key "of" in the record. And an evaluation that
-- the vocabulary does not have yet brings its setting with its first result.

-- AlterTable
ALTER TABLE "run" ADD COLUMN "parent_run_id" UUID;

-- CreateIndex
CREATE INDEX "run_parent_run_id_idx" ON "run"("parent_run_id");

-- AddForeignKey: looked at when the transaction ends, for a restored dump brings its rows in the order of their ids.
ALTER TABLE "run" ADD CONSTRAINT "run_parent_run_id_fkey" FOREIGN KEY ("parent_run_id") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE run ADD CONSTRAINT run_no_parent_of_itself CHECK (parent_run_id <> id);

-- Runs of before: a done run takes no change, and this is none of what it says.
ALTER TABLE run DISABLE TRIGGER USER;
UPDATE run SET parent_run_id = parent.id FROM run parent
  WHERE run.record ->> 'of' = parent.identity::text AND run.checkpoint_id = parent.checkpoint_id;
-- The key above is looked at here: Postgres alters no table that still waits for a check.
SET CONSTRAINTS run_parent_run_id_fkey IMMEDIATE;
ALTER TABLE run ENABLE TRIGGER USER;

GRANT INSERT ON setting TO transferboard_app;
