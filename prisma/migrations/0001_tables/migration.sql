-- schema.prisma as tables; what it cannot say is in the migrations that follow.

-- CreateEnum
CREATE TYPE "Family" AS ENUM ('CONTRASTIVE', 'CLUSTERING', 'SUPERVISED', 'CONTROL', 'OTHER');

-- CreateEnum
CREATE TYPE "Direction" AS ENUM ('HIGHER', 'LOWER', 'NEITHER');

-- CreateEnum
CREATE TYPE "Aggregate" AS ENUM ('MEAN', 'MEAN_LOGIT', 'MEAN_RANK', 'BORDA');

-- CreateEnum
CREATE TYPE "Provenance" AS ENUM ('SELF_REPORTED', 'PUBLISHED', 'REPRODUCED');

-- CreateEnum
CREATE TYPE "RunState" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "SubmissionStatus" AS ENUM ('PENDING', 'ACCEPTED', 'REJECTED', 'WITHDRAWN');

-- CreateEnum
CREATE TYPE "Scope" AS ENUM ('READ', 'SUBMIT', 'REVIEW', 'ADMIN');

-- CreateTable
CREATE TABLE "method" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "family" "Family" NOT NULL,
    "year" INTEGER,
    "paper_title" TEXT,
    "paper_url" TEXT,
    "bibtex" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "method_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pretraining" (
    "method_id" INTEGER NOT NULL,
    "dataset" TEXT NOT NULL DEFAULT 'ImageNet-1k',
    "source" TEXT,
    "epochs" DOUBLE PRECISION,
    "batch_size" INTEGER,
    "target_net" BOOLEAN,
    "momentum_encoder" BOOLEAN,
    "memory_bank" BOOLEAN,
    "projection_head" BOOLEAN,
    "jigsaw" BOOLEAN,
    "grayscale" BOOLEAN,
    "colour_jitter" BOOLEAN,
    "pca_colour" BOOLEAN,
    "solarize" BOOLEAN,
    "blur" BOOLEAN,
    "random_crop" BOOLEAN,
    "multi_crop" BOOLEAN,
    "horizontal_flip" BOOLEAN,
    "normalize" BOOLEAN,

    CONSTRAINT "pretraining_pkey" PRIMARY KEY ("method_id")
);

-- CreateTable
CREATE TABLE "checkpoint" (
    "id" SERIAL NOT NULL,
    "method_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" CHAR(64),
    "architecture" TEXT NOT NULL,
    "feature_dimension" INTEGER NOT NULL,
    "input_mean" DOUBLE PRECISION[],
    "input_std" DOUBLE PRECISION[],
    "loading" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dataset" (
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "class_count" INTEGER,
    "train_size" INTEGER,
    "val_size" INTEGER,
    "test_size" INTEGER,
    "manifest" CHAR(64),
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "setting" (
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "metric" (
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "direction" "Direction" NOT NULL,
    "lower" DOUBLE PRECISION,
    "upper" DOUBLE PRECISION,
    "digits" INTEGER NOT NULL,

    CONSTRAINT "metric_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "measure" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "setting_slug" TEXT NOT NULL,
    "dataset_slug" TEXT NOT NULL,
    "metric_slug" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "measure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suite" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "aggregate" "Aggregate" NOT NULL DEFAULT 'MEAN',
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "suite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suite_measure" (
    "suite_id" INTEGER NOT NULL,
    "measure_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "ranked" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "suite_measure_pkey" PRIMARY KEY ("suite_id","measure_id")
);

-- CreateTable
CREATE TABLE "protocol" (
    "fingerprint" CHAR(64) NOT NULL,
    "setting_slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "protocol_pkey" PRIMARY KEY ("fingerprint")
);

-- CreateTable
CREATE TABLE "run" (
    "id" UUID NOT NULL,
    "identity" CHAR(64) NOT NULL,
    "protocol_fingerprint" CHAR(64) NOT NULL,
    "checkpoint_id" INTEGER NOT NULL,
    "dataset_slug" TEXT NOT NULL,
    "dataset_manifest" CHAR(64) NOT NULL,
    "seed" BIGINT NOT NULL,
    "device" TEXT NOT NULL,
    "versions" JSONB NOT NULL,
    "state" "RunState" NOT NULL,
    "failure" TEXT,
    "record" JSONB,
    "requested_by_id" INTEGER,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "result" (
    "id" BIGSERIAL NOT NULL,
    "method_id" INTEGER NOT NULL,
    "checkpoint_id" INTEGER NOT NULL,
    "measure_id" INTEGER NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "interval_lower" DOUBLE PRECISION,
    "interval_upper" DOUBLE PRECISION,
    "sample_size" INTEGER,
    "seeds" BIGINT[],
    "provenance" "Provenance" NOT NULL,
    "source" TEXT NOT NULL,
    "protocol_fingerprint" CHAR(64),
    "run_id" UUID,
    "submission_id" UUID,
    "supersedes_id" BIGINT,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "result_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "retraction" (
    "result_id" BIGINT NOT NULL,
    "account_id" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "replacement_id" BIGINT,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "retraction_pkey" PRIMARY KEY ("result_id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "scopes" "Scope"[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "submission" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "body_hash" CHAR(64) NOT NULL,
    "body" JSONB NOT NULL,
    "status" "SubmissionStatus" NOT NULL DEFAULT 'PENDING',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(6),
    "decided_by_id" INTEGER,
    "reason" TEXT,

    CONSTRAINT "submission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "account_id" INTEGER,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "previous_hash" CHAR(64) NOT NULL,
    "hash" CHAR(64) NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "method_slug_key" ON "method"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "checkpoint_sha256_key" ON "checkpoint"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "checkpoint_id_method_id_key" ON "checkpoint"("id", "method_id");

-- CreateIndex
CREATE UNIQUE INDEX "checkpoint_method_id_name_key" ON "checkpoint"("method_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "measure_slug_key" ON "measure"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "measure_setting_slug_dataset_slug_metric_slug_key" ON "measure"("setting_slug", "dataset_slug", "metric_slug");

-- CreateIndex
CREATE UNIQUE INDEX "suite_slug_key" ON "suite"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "suite_measure_suite_id_position_key" ON "suite_measure"("suite_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "run_identity_key" ON "run"("identity");

-- CreateIndex
CREATE UNIQUE INDEX "result_supersedes_id_key" ON "result"("supersedes_id");

-- CreateIndex
CREATE INDEX "result_measure_id_method_id_provenance_id_idx" ON "result"("measure_id", "method_id", "provenance" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "result_method_id_idx" ON "result"("method_id");

-- CreateIndex
CREATE INDEX "result_run_id_idx" ON "result"("run_id");

-- CreateIndex
CREATE INDEX "result_submission_id_idx" ON "result"("submission_id");

-- CreateIndex
CREATE INDEX "result_recorded_at_idx" ON "result"("recorded_at");

-- CreateIndex
CREATE INDEX "retraction_replacement_id_idx" ON "retraction"("replacement_id");

-- CreateIndex
CREATE INDEX "retraction_recorded_at_idx" ON "retraction"("recorded_at");

-- CreateIndex
CREATE UNIQUE INDEX "account_name_key" ON "account"("name");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_hash_key" ON "api_token"("hash");

-- CreateIndex
CREATE INDEX "api_token_account_id_idx" ON "api_token"("account_id");

-- CreateIndex
CREATE INDEX "submission_status_created_at_idx" ON "submission"("status", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "submission_account_id_idempotency_key_key" ON "submission"("account_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "audit_event_hash_key" ON "audit_event"("hash");

-- CreateIndex
CREATE INDEX "audit_event_subject_idx" ON "audit_event"("subject");

-- AddForeignKey
ALTER TABLE "pretraining" ADD CONSTRAINT "pretraining_method_id_fkey" FOREIGN KEY ("method_id") REFERENCES "method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_method_id_fkey" FOREIGN KEY ("method_id") REFERENCES "method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "measure" ADD CONSTRAINT "measure_setting_slug_fkey" FOREIGN KEY ("setting_slug") REFERENCES "setting"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "measure" ADD CONSTRAINT "measure_dataset_slug_fkey" FOREIGN KEY ("dataset_slug") REFERENCES "dataset"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "measure" ADD CONSTRAINT "measure_metric_slug_fkey" FOREIGN KEY ("metric_slug") REFERENCES "metric"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "suite_measure" ADD CONSTRAINT "suite_measure_suite_id_fkey" FOREIGN KEY ("suite_id") REFERENCES "suite"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "suite_measure" ADD CONSTRAINT "suite_measure_measure_id_fkey" FOREIGN KEY ("measure_id") REFERENCES "measure"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "protocol" ADD CONSTRAINT "protocol_setting_slug_fkey" FOREIGN KEY ("setting_slug") REFERENCES "setting"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_protocol_fingerprint_fkey" FOREIGN KEY ("protocol_fingerprint") REFERENCES "protocol"("fingerprint") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_checkpoint_id_fkey" FOREIGN KEY ("checkpoint_id") REFERENCES "checkpoint"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_dataset_slug_fkey" FOREIGN KEY ("dataset_slug") REFERENCES "dataset"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_requested_by_id_fkey" FOREIGN KEY ("requested_by_id") REFERENCES "account"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "result" ADD CONSTRAINT "result_method_id_fkey" FOREIGN KEY ("method_id") REFERENCES "method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "result" ADD CONSTRAINT "result_checkpoint_id_method_id_fkey" FOREIGN KEY ("checkpoint_id", "method_id") REFERENCES "checkpoint"("id", "method_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "result" ADD CONSTRAINT "result_measure_id_fkey" FOREIGN KEY ("measure_id") REFERENCES "measure"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "result" ADD CONSTRAINT "result_protocol_fingerprint_fkey" FOREIGN KEY ("protocol_fingerprint") REFERENCES "protocol"("fingerprint") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "result" ADD CONSTRAINT "result_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "result" ADD CONSTRAINT "result_submission_id_fkey" FOREIGN KEY ("submission_id") REFERENCES "submission"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "result" ADD CONSTRAINT "result_supersedes_id_fkey" FOREIGN KEY ("supersedes_id") REFERENCES "result"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retraction" ADD CONSTRAINT "retraction_result_id_fkey" FOREIGN KEY ("result_id") REFERENCES "result"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retraction" ADD CONSTRAINT "retraction_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retraction" ADD CONSTRAINT "retraction_replacement_id_fkey" FOREIGN KEY ("replacement_id") REFERENCES "result"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "submission" ADD CONSTRAINT "submission_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "submission" ADD CONSTRAINT "submission_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "account"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE SET NULL ON UPDATE CASCADE;
