-- Icons that the server of a release declares (SEP-973), beside its snapshot, which lists would have to read whole.
ALTER TABLE "Release" ADD COLUMN "icons" JSONB;
