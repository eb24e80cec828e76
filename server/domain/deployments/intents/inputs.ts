import type { KeyValue } from '../form/key-value.ts';

export type DeployInput = {
  /** Requests of one owner with the same key within 24 hours make one deployment. */
  idempotencyKey?: string | null;
  analysisId: string;
  candidate?: string | null;
  name?: string | null;
  credentials: KeyValue[];
  arguments: KeyValue[];
  version?: string | null;
  region?: string | null;
  memoryMb?: number | null;
  processor?: string | null;
  access: 'TOKEN' | 'OAUTH' | 'PUBLIC';
  isolation: 'AUTO' | 'SHARED' | 'PER_SESSION';
  egress?: 'MACHINE' | 'PUBLIC' | 'LISTED' | 'NONE' | null;
  egressHosts?: readonly string[] | null;
  sleepAfterMinutes?: number | null;
  acceptUnverified: boolean;
  extraArguments: string[];
  extraEnvironment: KeyValue[];
  /** Credential fields of which each caller has an own value; values given for them are the deployer's own. */
  personalFields?: string[];
};

/** Settings that change in one release. Of an argument that is named, all values are replaced; others stay. */
export type UpdateCredentialsInput = {
  id: string;
  set: KeyValue[];
  unset: string[];
  arguments?: KeyValue[];
  /** Words that come first on the command line, as a usage text of the server names them. */
  mode?: string[];
};

/** Null and absent leave a setting as it is; `sleepAfterMinutes: null` turns sleep off. */
export type UpdateDeploymentInput = {
  id: string;
  name?: string | null;
  /** Another short name in its address; an empty text for one of its name. */
  slug?: string | null;
  /** All tags. */
  tags?: readonly string[] | null;
  arguments?: KeyValue[] | null;
  extraArguments?: string[] | null;
  access?: DeployInput['access'] | null;
  isolation?: DeployInput['isolation'] | null;
  egress?: NonNullable<DeployInput['egress']> | null;
  /** All entries. */
  egressHosts?: readonly string[] | null;
  sleepAfterMinutes?: number | null;
  answersWhileAsleep?: boolean | null;
  /** Arguments and results of calls are recorded. */
  recordsBodies?: boolean | null;
  /** All personal fields. */
  personalFields?: readonly string[] | null;
  /** Values for fields that become shared, and the owner's own for those that become personal. */
  credentials?: KeyValue[] | null;
  /** Go on although other people lose their clients and values. */
  confirm?: boolean | null;
  region?: string | null;
  memoryMb?: number | null;
  processor?: string | null;
};
