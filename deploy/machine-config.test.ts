import { expect, test } from 'vitest';
import type { HostConfig } from './host/contract.ts';
import {
  buildMachineConfig,
  configHash,
  HOST_CONFIG_PATH,
  type MachineConfigInput,
  METADATA_KEYS,
} from './machine-config.ts';

const hostConfig: HostConfig = {
  token: 'host-token',
  package: { runtime: 'npm', name: 'server-everything', version: '1.0.0' },
  args: [],
  env: { API_KEY: 'hunter2' },
  isolation: 'AUTO',
};
const input: MachineConfigInput = {
  image: 'registry.example/host:1',
  hostConfig,
  metadata: { [METADATA_KEYS.release]: 'r1' },
  memoryMb: 512,
  reach: '6pn',
};
const hashOf = (changes: Partial<MachineConfigInput>): string | undefined =>
  buildMachineConfig({ ...input, ...changes }).metadata[METADATA_KEYS.config];

test('the host’s configuration is a file of the machine, and nowhere else', () => {
  const config = buildMachineConfig(input);
  const [file] = config.files;
  expect(file?.guest_path).toBe(HOST_CONFIG_PATH);
  expect(JSON.parse(Buffer.from(file?.raw_value ?? '', 'base64').toString())).toEqual({ ...hostConfig, memoryMb: 512 });
  expect(JSON.stringify({ ...config, files: [] })).not.toMatch(/hunter2|host-token/);
});

test('the hash does not depend on the order of keys', () => {
  const { env, args, ...rest } = hostConfig;
  expect(hashOf({ hostConfig: { env, ...rest, args } })).toBe(hashOf({}));
});

test('the hash changes with anything a machine is given, secrets included', () => {
  const hashes = [
    hashOf({}),
    hashOf({ image: 'registry.example/host:2' }),
    hashOf({ memoryMb: 1_024 }),
    hashOf({ reach: 'fly-proxy' }),
    hashOf({ hostConfig: { ...hostConfig, env: { API_KEY: 'hunter3' } } }),
    hashOf({ hostConfig: { ...hostConfig, args: ['--flag'] } }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('the hash of a finished configuration is the one it carries', () => {
  const config = buildMachineConfig(input);
  expect(configHash(config)).toBe(config.metadata[METADATA_KEYS.config]);
});

test('only machines behind Fly’s proxy have a service, and strangers do not wake them', () => {
  expect(buildMachineConfig(input).services).toBeUndefined();
  expect(buildMachineConfig({ ...input, reach: 'fly-proxy' }).services).toMatchObject([
    { internal_port: 8080, autostart: false, autostop: 'off' },
  ]);
});

test('Fly’s proxy neither compresses nor cuts silent calls, and gets a port without TLS on the private network', () => {
  const portsOf = (reach: MachineConfigInput['reach']) =>
    buildMachineConfig({ ...input, reach }).services?.flatMap(({ ports }) => ports);
  const http_options = { compress: false, idle_timeout: 600 };
  expect(portsOf('fly-proxy')).toEqual([{ port: 443, handlers: ['tls', 'http'], http_options }]);
  expect(portsOf('flycast')).toEqual([{ port: 80, handlers: ['http'], http_options }]);
  expect(portsOf('6pn')).toBeUndefined();
});
