-- Bundles for desktop clients (MCPB) can be deployed.
ALTER TYPE "Runtime" ADD VALUE 'MCPB';
