import type { ControlMessage, HostConfig, StartAttempt } from './contract.ts';
import { RUNTIMES } from './package-spec.ts';
import { isRecord, isText, isTexts, parseJson } from './records.ts';
import type { BoxSettings } from './wall-contract.ts';

const ISOLATIONS = ['AUTO', 'SHARED', 'PER_SESSION'];

const areFiles = (files: unknown): boolean =>
  Array.isArray(files) &&
  files.every((file) => isRecord(file) && isText(file['env']) && isText(file['contentBase64']) && isText(file['name']));

const areRegistries = (value: unknown): boolean =>
  isRecord(value) &&
  isTexts(value['trusted']) &&
  (value['login'] === null ||
    (isRecord(value['login']) && isText(value['login']['username']) && isText(value['login']['password'])));

const EGRESS_POLICIES = ['PUBLIC', 'LISTED', 'NONE'];

const isEgress = (value: unknown): boolean =>
  isRecord(value) && EGRESS_POLICIES.includes(String(value['policy'])) && isTexts(value['hosts']);

const isNetwork = (value: unknown): boolean =>
  isRecord(value) &&
  isRecord(value['tools']) &&
  ['unshare', 'nsenter', 'ip'].every((name) => isRecord(value['tools']) && isText(value['tools'][name])) &&
  typeof value['mayNamePrivate'] === 'boolean' &&
  (value['fallback'] === null || isEgress(value['fallback']));

/** Reads the body of `POST /attempt`; null when it is not one. */
export const parseStartAttempt = (body: string): StartAttempt | null => {
  const value = parseJson(body);
  if (!isRecord(value)) return null;
  const { args, env, files, knownVariables, timeoutMs } = value;
  const isWhole =
    isTexts(args) &&
    isRecord(env) &&
    Object.values(env).every(isText) &&
    (files === undefined || areFiles(files)) &&
    isTexts(knownVariables) &&
    typeof timeoutMs === 'number' &&
    timeoutMs > 0;
  return isWhole ? (value as StartAttempt) : null; // every field was just checked
};

/** Checks the platform's configuration by hand: the host has no dependencies. Names the field that is wrong, never its value. */
export const parseHostConfig = (value: unknown): HostConfig => {
  const check = (ok: boolean, field: string) => {
    if (!ok) throw new TypeError(`The host's configuration is wrong at "${field}".`);
  };
  if (!isRecord(value)) throw new TypeError("The host's configuration is not an object.");
  const {
    token,
    package: spec,
    args,
    env,
    secrets,
    files,
    isolation,
    memoryMb,
    knownVariables,
    handshakeTimeoutMs,
    timeFactor,
    trial,
    personal,
    egress,
    registries,
  } = value;
  check(token === undefined || (isText(token) && token.length > 0), 'token');
  check(isRecord(spec) && RUNTIMES.some((runtime) => runtime === spec['runtime']), 'package');
  check(isTexts(args), 'args');
  check(isRecord(env) && Object.values(env).every(isText), 'env');
  check(secrets === undefined || isTexts(secrets), 'secrets');
  check(files === undefined || areFiles(files), 'files');
  check(knownVariables === undefined || isTexts(knownVariables), 'knownVariables');
  check(ISOLATIONS.includes(String(isolation)), 'isolation');
  check(memoryMb === undefined || (typeof memoryMb === 'number' && memoryMb > 0), 'memoryMb');
  check(timeFactor === undefined || (typeof timeFactor === 'number' && timeFactor >= 1), 'timeFactor');
  check(trial === undefined || typeof trial === 'boolean', 'trial');
  check(personal === undefined || typeof personal === 'boolean', 'personal');
  check(egress === undefined || isEgress(egress), 'egress');
  check(registries === undefined || areRegistries(registries), 'registries');
  check(
    handshakeTimeoutMs === undefined || (typeof handshakeTimeoutMs === 'number' && handshakeTimeoutMs > 0),
    'handshakeTimeoutMs',
  );
  return value as HostConfig; // every field was just checked
};

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const areLimits = ({ controlGroups, oomCounter, processCounter, limits }: Record<string, unknown>): boolean =>
  isTexts(controlGroups) &&
  (oomCounter === null || isText(oomCounter)) &&
  (processCounter === null || isText(processCounter)) &&
  isRecord(limits) &&
  (limits['processes'] === null || isCount(limits['processes'])) &&
  ['memoryBytes', 'descriptors', 'fileBytes', 'temporaryBytes'].every((name) => isCount(limits[name]));

const isBox = (value: unknown): value is BoxSettings => {
  if (!isRecord(value)) return false;
  const { bubblewrap, user, namedPaths, hidden, network, builder } = value;
  return (
    isText(bubblewrap) &&
    (user === null || (isRecord(user) && isCount(user['uid']) && isCount(user['gid']))) &&
    areLimits(value) &&
    (builder === undefined || (isRecord(builder) && areLimits(builder))) &&
    (network === null || isNetwork(network)) &&
    typeof namedPaths === 'boolean' &&
    isTexts(hidden)
  );
};

export const parseControlMessage = (line: string): ControlMessage => {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value) || !isText(value['dataDir']) || !isText(value['cacheDir']))
    throw new TypeError('The control message lacks dataDir or cacheDir.');
  const { machineId, box, keptDir, cacheBytesMax } = value;
  if (box !== undefined && !isBox(box))
    throw new TypeError('The control message has settings of a box that are not whole.');
  return {
    config: parseHostConfig(value['config']),
    dataDir: value['dataDir'],
    cacheDir: value['cacheDir'],
    ...(isCount(cacheBytesMax) ? { cacheBytesMax: Number(cacheBytesMax) } : {}),
    ...(isText(machineId) ? { machineId } : {}),
    ...(box === undefined ? {} : { box }),
    ...(isText(keptDir) ? { keptDir } : {}),
  };
};
