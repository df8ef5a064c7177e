-- Pages of the ledger in the order of values: the last entry of a page is found, not searched for.

-- CreateIndex
CREATE INDEX "result_value_id_idx" ON "result"("value", "id");
