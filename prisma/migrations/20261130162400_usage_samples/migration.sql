-- The durations of the first calls of each row: percentiles of a few calls are exact.
ALTER TABLE "UsageRollup" ADD COLUMN "samples" DOUBLE PRECISION[] DEFAULT ARRAY[]::DOUBLE PRECISION[];
