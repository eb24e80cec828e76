import type { ControlMessage, HostConfig } from './contract.ts';
import { isRecord, isText, isTexts } from './records.ts';

const RUNTIMES = ['npm', 'pypi', 'git', 'archive', 'command'];
const ISOLATIONS = ['AUTO', 'SHARED', 'PER_SESSION'];

/** Checks the platform's configuration by hand: the host has no dependencies. Names the field that is wrong, never its value. */
export const parseHostConfig = (value: unknown): HostConfig => {
  const check = (ok: boolean, field: string) => {
    if (!ok) throw new TypeError(`The host's configuration is wrong at "${field}".`);
  };
  if (!isRecord(value)) throw new TypeError("The host's configuration is not an object.");
  const { token, package: spec, args, env, secrets, files, isolation, memoryMb, handshakeTimeoutMs } = value;
  check(token === undefined || (isText(token) && token.length > 0), 'token');
  check(isRecord(spec) && RUNTIMES.includes(String(spec['runtime'])), 'package');
  check(isTexts(args), 'args');
  check(isRecord(env) && Object.values(env).every(isText), 'env');
  check(secrets === undefined || isTexts(secrets), 'secrets');
  check(
    files === undefined ||
      (Array.isArray(files) &&
        files.every(
          (file) => isRecord(file) && isText(file['env']) && isText(file['contentBase64']) && isText(file['name']),
        )),
    'files',
  );
  check(ISOLATIONS.includes(String(isolation)), 'isolation');
  check(memoryMb === undefined || (typeof memoryMb === 'number' && memoryMb > 0), 'memoryMb');
  check(
    handshakeTimeoutMs === undefined || (typeof handshakeTimeoutMs === 'number' && handshakeTimeoutMs > 0),
    'handshakeTimeoutMs',
  );
  return value as HostConfig; // every field was just checked
};

export const parseControlMessage = (line: string): ControlMessage => {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value) || !isText(value['dataDir']) || !isText(value['cacheDir']))
    throw new TypeError('The control message lacks dataDir or cacheDir.');
  const { machineId } = value;
  return {
    config: parseHostConfig(value['config']),
    dataDir: value['dataDir'],
    cacheDir: value['cacheDir'],
    ...(isText(machineId) ? { machineId } : {}),
  };
};
