-- Pages of the ledger that few entries belong to: they are found, not searched for among all.

-- CreateIndex
CREATE INDEX "result_protocol_fingerprint_idx" ON "result"("protocol_fingerprint");

-- A warehouse has hundreds of measures, some of a few entries and some of thousands. With Postgres' usual hundred most
-- frequent ones on record it takes all others for equally long, and walks the whole ledger for a page of a short one.
ALTER TABLE "result" ALTER COLUMN "measure_id" SET STATISTICS 1000;
ANALYZE "result";
