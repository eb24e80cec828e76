-- What a server was seen to reach over the network, as entries of a list of hosts.
ALTER TABLE "Deployment" ADD COLUMN "egressReached" TEXT[] DEFAULT ARRAY[]::TEXT[];
