-- An analysis that two processes did not survive is not taken up by a third.
ALTER TABLE "Analysis" ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0;
