-- When a machine came to be: for a minute, a 404 of the Machines API is no proof that it is gone.
ALTER TABLE "Machine" ADD COLUMN "machineSince" TIMESTAMPTZ(3);
