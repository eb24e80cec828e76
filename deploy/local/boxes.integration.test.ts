import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import { descendantsOf } from '../host/child/end-processes.ts';
import { packTarball, startNpmRegistry, type TestServer } from '../host/install/registry.testing.ts';
import type { WallRule } from '../host/wall-contract.ts';
import { probeTestBox } from './fixtures/box-support.ts';
import { PROBER, type Prober, startProber } from './fixtures/prober.ts';
import { startTestMachines, type TestMachines } from './fixtures/test-machines.ts';

const HOST = { command: process.execPath, args: [fileURLToPath(new URL('../host/main.ts', import.meta.url))] };
/** Probes of limits take memory and processes: `npm run test:all` runs them. */
const LONG = process.env['CATWALK_BOX_PROBES'] !== undefined;

const GONE = /^ERROR (ENOENT|EACCES|EPERM)$/;
const READ_ONLY = /^ERROR (EROFS|EACCES|EPERM|ENOENT)$/;
const DENIED = /^"ERRNO (1|97)"$/;

/** Each tries one forbidden thing, once. `given` holds places and processes that are not the prober's own. */
const PROBES: [what: string, code: string, contained: RegExp][] = [
  ['read a file that another deployment keeps in HOME', 'return fs.readFileSync(given.kept, "utf8")', GONE],
  [
    'read another deployment’s file through a link',
    'fs.symlinkSync(given.kept, "l"); return fs.readFileSync("l")',
    GONE,
  ],
  ['list another deployment’s HOME', 'return fs.readdirSync(given.home)', GONE],
  ['read another deployment’s copy of the package', 'return fs.readFileSync(given.code, "utf8")', GONE],
  ['list the machines', 'return fs.readdirSync(given.machines).length', /^1$/],
  ['list the install cache', 'return fs.readdirSync(given.cache)', GONE],
  ['read a file of the data folder', 'return fs.readFileSync(given.secrets, "utf8")', GONE],
  ['write into the data folder', 'fs.writeFileSync(given.secrets, "x")', READ_ONLY],
  ['read HOME of the computer’s user', 'return fs.readdirSync(given.userHome)', GONE],
  ['list /home', 'return fs.readdirSync("/home")', GONE],
  ['list /var', 'return fs.readdirSync("/var")', GONE],
  ['read the accounts’ passwords', 'return fs.readFileSync("/etc/shadow", "utf8")', GONE],
  ['read the computer’s accounts', 'return fs.readFileSync("/etc/passwd", "utf8").split("\\n").length', /^3$/],
  ['see the computer’s /tmp', 'return fs.existsSync(given.inTmp)', /^false$/],
  ['write to the system’s programs', 'fs.writeFileSync("/usr/bin/x", "")', READ_ONLY],
  ['write to the system’s settings', 'fs.appendFileSync("/etc/hosts", "")', READ_ONLY],
  ['write to the root', 'fs.writeFileSync("/x", "")', READ_ONLY],
  ['write beside Node', 'fs.writeFileSync(process.execPath + ".x", "")', READ_ONLY],
  ['write to a setting of the kernel', 'fs.writeFileSync("/proc/sys/kernel/core_pattern", "x")', READ_ONLY],
  ['read the memory of the computer', 'return fs.readFileSync("/proc/kcore").length', GONE],
  ['open a disk', 'return fs.readdirSync("/dev").filter((name) => /^(sd|vd|nvme|mem|kmem)/.test(name))', /^\[\]$/],
  ['see other processes', 'return fs.readdirSync("/proc").filter(Number).length < 8', /^true$/],
  ['read another process’s environment', 'return fs.readFileSync("/proc/" + given.pid + "/environ")', GONE],
  ['read the host’s memory', 'return fs.readFileSync("/proc/" + given.hostPid + "/mem")', GONE],
  [
    'find the host’s secrets in the first process',
    'return fs.readFileSync("/proc/1/environ", "latin1").includes("HOST_SECRET")',
    /^(false|ERROR EACCES)$/,
  ],
  [
    'reach the host’s control pipe',
    'return fs.readdirSync("/proc/self/fd").map((fd) => { try { return [fd, fs.readlinkSync("/proc/self/fd/" + fd)] } catch { return [fd, ""] } }).filter(([fd, to]) => Number(fd) > 2 && /^(socket|\\/)/.test(to) && !/^\\/(dev|proc|usr)/.test(to))',
    /^\[\]$/,
  ],
  ['see a variable of the host', 'return process.env.HOST_SECRET ?? "none"', /^"none"$/],
  ['signal another process', 'process.kill(given.pid, 0)', /^ERROR ESRCH$/],
  ['trace a process', 'return call(101, 16, 1, 0, 0)', DENIED],
  ['read the memory of a process', 'return call(310, 1, 0, 0, 0, 0, 0)', DENIED],
  ['become root', 'process.setuid(0); return process.getuid()', /^ERROR EPERM$/],
  [
    'become another deployment’s user',
    'process.setuid(given.uid + 1); return process.getuid()',
    /^ERROR E(PERM|INVAL)$/,
  ],
  ['give a file to root', 'fs.writeFileSync("own", ""); fs.chownSync("own", 0, 0)', /^ERROR E(PERM|INVAL)$/],
  [
    'have rights of the system',
    'return /CapEff:\\s+0{16}/.test(fs.readFileSync("/proc/self/status", "utf8"))',
    /^true$/,
  ],
  [
    'gain rights by a program',
    'return /NoNewPrivs:\\s+1/.test(fs.readFileSync("/proc/self/status", "utf8"))',
    /^true$/,
  ],
  ['make a namespace', 'return call(272, 0x10000000)', DENIED],
  ['mount a file system', 'return call(165, 0, 0, 0, 0, 0)', DENIED],
  ['load a program into the kernel', 'return call(321, 0, 0, 0)', DENIED],
  ['read keys of the kernel', 'return call(250, 0, 0, 0, 0, 0)', DENIED],
  ['listen to raw packets', 'return call(41, 17, 3, 0)', DENIED],
  ['write into a terminal', 'return call(16, 0, 0x5412, 0)', DENIED],
  ['rename the computer', 'return call(170, 0, 0)', DENIED],
];

const UNREACHED = /^ERROR (ECONNRESET|ECONNREFUSED|EMPTY|ENETUNREACH|EHOSTUNREACH)$/;

/** Each tries to reach something of the computer or of its networks. A rule is that of the event, where one can be seen. */
const NETWORK: [what: string, code: string, contained: RegExp, rule: WallRule | null][] = [
  ['reach a private address', 'return reach("10.0.0.1", 80)', UNREACHED, 'EGRESS_PRIVATE_ADDRESS'],
  ['reach another private address', 'return reach("192.168.1.1", 443)', UNREACHED, 'EGRESS_PRIVATE_ADDRESS'],
  ['reach a private address of IPv6', 'return reach("fd00::1", 443)', UNREACHED, null],
  ['reach the metadata address', 'return reach("169.254.169.254", 80)', UNREACHED, 'EGRESS_PRIVATE_ADDRESS'],
  ['reach the metadata address in IPv6', 'return reach("::ffff:169.254.169.254", 80)', UNREACHED, null],
  ['reach loopback on a usual port', 'return reach("127.0.0.1", 5432)', UNREACHED, 'EGRESS_PRIVATE_ADDRESS'],
  ['reach a service on loopback', 'return reach("127.0.0.1", given.port)', UNREACHED, null],
  ['reach a service on loopback by its name', 'return reach("localhost", given.port)', UNREACHED, null],
  ['reach a service by the address of the computer', 'return reach(given.address, given.port)', UNREACHED, null],
  [
    'reach the registry of the installation',
    'return reach("127.0.0.1", given.registry)',
    UNREACHED,
    'EGRESS_PRIVATE_ADDRESS',
  ],
  ['reach the host of another deployment', 'return reach("127.0.0.1", given.hostPort)', UNREACHED, null],
  ['find the computer by its name', 'return reach(given.computer, 80)', /^ERROR/, null],
  ['reach an abstract socket of the computer', 'return reach("", given.abstract)', UNREACHED, null],
  [
    'send a datagram to the computer',
    'const socket = require("node:dgram").createSocket("udp4"); try { await new Promise((done, failed) => { socket.on("error", failed); socket.connect(given.datagrams, "127.0.0.1", () => { socket.send("x"); setTimeout(done, 500) }) }) } finally { socket.close() }',
    UNREACHED,
    null,
  ],
  [
    'change a route of its network',
    'return spawnSync("ip", ["route", "flush", "table", "local"]).status !== 0',
    /^true$/,
    null,
  ],
  ['choose another name server', 'fs.writeFileSync("/etc/resolv.conf", "")', READ_ONLY, null],
  [
    'look up a name at another server',
    'const { Resolver } = require("node:dns").promises; const own = new Resolver({ timeout: 500, tries: 1 }); own.setServers(["10.0.0.1"]); return own.resolve4("probe.invalid")',
    /^ERROR/,
    null,
  ],
];

const LIMITS: [what: string, code: string, contained: RegExp, rule: WallRule | null][] = [
  ['write a file above the limit', 'fs.writeFileSync("big", ""); fs.truncateSync("big", 2.5e9)', /^ERROR EFBIG$/, null],
  [
    'fill /tmp',
    'for (let i = 0; i < 80; i += 1) fs.appendFileSync("/tmp/x", Buffer.alloc(2 ** 20))',
    /^ERROR ENOSPC$/,
    null,
  ],
  [
    'open more files',
    'const all = []; try { for (let i = 0; i < 4200; i += 1) all.push(fs.openSync("/dev/null")) } finally { all.forEach(fs.closeSync) }',
    /^ERROR EMFILE$/,
    null,
  ],
  [
    'start more processes',
    'return spawnSync("sh", ["-c", "i=0; while [ $i -lt 300 ]; do sleep 5 & i=$((i+1)); done; wait"]).status !== 0',
    /^true$/,
    'PROCESS_LIMIT',
  ],
];

const cannot = await probeTestBox();

describe.skipIf(cannot !== null)('a box', () => {
  let registry: TestServer;
  let machines: TestMachines;
  let victim: Prober;
  let prober: Prober;
  let given: Record<string, string | number>;
  let outside: string;
  /** What servers have reached on this computer. */
  const reached: string[] = [];
  const service = createServer(() => reached.push('service'));
  const abstract = createServer(() => reached.push('abstract'));
  const datagrams = createSocket('udp4', () => reached.push('datagram'));

  beforeAll(async () => {
    registry = await startNpmRegistry([PROBER]);
    const environment = { ...process.env, npm_config_registry: registry.url, HOST_SECRET: 'of the host' };
    machines = await startTestMachines({ hostCommand: HOST, environment, isolation: 'require', namedPaths: false });
    outside = await mkdtemp(join(tmpdir(), 'catwalk-outside-'));
    victim = await startProber(machines, 'victim', { VICTIM_SECRET: 'of the victim' });
    const [code, uid] = JSON.parse(
      await victim.run('fs.writeFileSync("kept", "kept"); return [__filename, process.getuid()]'),
    );
    const kept = join(machines.dataDir, 'kept/victim');
    const names = await readdir(kept);
    const home = join(kept, names.find((name) => name !== 'index.json') ?? '', 'home');
    expect(await readFile(join(home, 'kept'), 'utf8')).toBe('kept');
    prober = await startProber(machines, 'prober');
    const [child] = (await victim.status()).children;
    const host = descendantsOf(process.pid).find(({ pid }) => descendantsOf(pid).some((row) => row.pid === child?.pid));
    const secrets = join(machines.dataDir, 'secrets.json');
    await writeFile(secrets, '{}');
    await writeFile(join(outside, 'x'), '');
    service.listen(0);
    abstract.listen('\0catwalk-probe');
    datagrams.bind(0, '127.0.0.1');
    await Promise.all([service, abstract, datagrams].map((one) => once(one, 'listening')));
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    given = {
      port: (service.address() as AddressInfo).port, // it listens on TCP
      abstract: '\0catwalk-probe',
      datagrams: datagrams.address().port,
      address: own.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.2',
      computer: hostname(),
      registry: Number(new URL(registry.url).port),
      hostPort: (await machines.listening(victim.id)).localPort,
      home,
      code,
      uid,
      kept: join(home, 'kept'),
      machines: join(machines.dataDir, 'machines'),
      cache: join(machines.dataDir, 'cache'),
      secrets,
      userHome: process.env['HOME'] ?? '/root',
      inTmp: join(outside, 'x'),
      pid: child?.pid ?? 0,
      hostPid: host?.pid ?? 0,
    };
  });
  afterAll(async () => {
    service.close();
    abstract.close();
    datagrams.close();
    await machines?.close();
    await registry?.close();
    await rm(outside, { recursive: true, force: true });
  });

  test.each(PROBES)('does not let a server %s', async (_, code, contained) => {
    expect(await prober.run(code, given)).toMatch(contained);
  });

  test.each(NETWORK)('does not let a server %s', async (_, code, contained, rule) => {
    expect(await prober.run(code, given)).toMatch(contained);
    if (rule !== null) expect((await prober.status()).contained).toContainEqual(expect.objectContaining({ rule }));
    expect(reached).toEqual([]);
  });

  test('lets the computer itself reach what servers cannot', async () => {
    const own = createConnection({ host: '127.0.0.1', port: Number(given['port']) });
    await once(own, 'connect');
    own.destroy();
    expect(reached).toEqual(['service']);
    reached.length = 0;
  });

  test.runIf(LONG).each(LIMITS)('does not let a server %s', async (_, code, contained, rule) => {
    expect(await prober.run(code, given)).toMatch(contained);
    // Only a control group counts what it refuses.
    if (rule !== null && machines.isolation.summary.includes('control groups'))
      expect((await prober.status()).contained).toContainEqual(expect.objectContaining({ rule }));
  });

  test('lets a server work: it writes beside its code, into HOME, TMPDIR and /tmp', async () => {
    const places = '[__dirname, process.env.HOME, process.env.TMPDIR, "/tmp"]';
    const write = `for (const place of ${places}) fs.writeFileSync(place + "/own", ""); return "written"`;
    expect(await prober.run(write)).toBe('"written"');
  });

  test('installs a package file that only the computer’s user can read', async () => {
    const file = await packTarball({ ...PROBER, name: 'packed-prober' });
    await chmod(file.path, 0o600);
    const packed = await startProber(machines, 'packed', {}, { spec: { runtime: 'archive', ...file } });
    expect(await packed.run('return 1')).toBe('1');
  });

  test('leaves another deployment untouched', async () => {
    expect(await victim.run('return fs.readFileSync("kept", "utf8")')).toBe('"kept"');
  });

  test('reports the signal that ended a server', async () => {
    const third = await startProber(machines, 'third');
    await third.run('process.kill(process.pid, "SIGUSR2")').catch(() => undefined);
    const { lastError } = await eventually('the end', async () => {
      const status = await third.status();
      return status.lastError === null ? null : status;
    });
    expect(lastError).toMatchObject({ code: 'CRASHED', signal: 'SIGUSR2' });
  });

  test.runIf(LONG)('reports a server that needed more memory than its machine has as out of memory', async () => {
    const fourth = await startProber(machines, 'fourth');
    const fill =
      'globalThis.all = []; for (let i = 0; i < 320; i += 1) all.push(Buffer.alloc(2 ** 20, 1)); return all.length';
    await fourth.run(fill).catch(() => undefined);
    const { lastError } = await eventually('the end', async () => {
      const status = await fourth.status();
      return status.lastError === null ? null : status;
    });
    expect(lastError).toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect((await fourth.status()).contained).toContainEqual(expect.objectContaining({ rule: 'MEMORY_LIMIT' }));
    expect(await victim.run('return fs.readFileSync("kept", "utf8")')).toBe('"kept"');
  });
});
