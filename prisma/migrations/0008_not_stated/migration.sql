-- What nobody stated stays unknown: no default data, no default backbone, no default normalisation.

-- AlterTable
ALTER TABLE "pretraining" ALTER COLUMN "dataset" DROP NOT NULL,
ALTER COLUMN "dataset" DROP DEFAULT;

-- AlterTable
ALTER TABLE "checkpoint" ALTER COLUMN "architecture" DROP NOT NULL,
ALTER COLUMN "feature_dimension" DROP NOT NULL;

-- Empty where it is not known how inputs are normalised.
ALTER TABLE "checkpoint" DROP CONSTRAINT "checkpoint_normalisation_channels";
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_normalisation_channels" CHECK (
  cardinality(input_mean) BETWEEN 0 AND 4 AND cardinality(input_mean) = cardinality(input_std)
  AND array_position(input_mean, NULL) IS NULL AND array_position(input_std, NULL) IS NULL);
