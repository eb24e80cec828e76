-- People may keep logins for registries of container images.
ALTER TYPE "KeyService" ADD VALUE 'REGISTRIES';
