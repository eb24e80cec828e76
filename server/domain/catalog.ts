import { REMOTE_APP } from '#deploy/address.ts';

/** The machines that a deployment can choose from and their prices, from Fly's list for 30 days, always on. */

export type Region = { code: string; name: string };
export type MachineSize = { memoryMb: number; name: string };
export type MonthlyCost = {
  alwaysOn: number;
  /** Awake for AWAKE_SHARE of the time, suspended otherwise. */
  withSleep: number;
  currency: 'USD';
  asOf: Date;
};

/** The region of machines on this computer; it costs nothing. */
export const LOCAL_REGION = 'local';

const PRICES_AS_OF = new Date('2026-09-01T00:00:00Z');
const BASE_USD = 0.72;
const USD_PER_256_MB = 1.3;
/** Suspended machines pay for their root file system alone. */
const SUSPENDED_USD_PER_GB = 0.15;
const ROOT_GB = 1;
const AWAKE_SHARE = 0.05;

/** Price relative to Ashburn where it is known; elsewhere the highest known one is assumed. */
const PRICE_FACTORS: Record<string, number> = { iad: 1, sjc: 1.148, [LOCAL_REGION]: 0 };
const HIGHEST_FACTOR = Math.max(...Object.values(PRICE_FACTORS));

export const MACHINE_SIZES: readonly MachineSize[] = [
  { memoryMb: 256, name: 'shared-cpu-1x, 256 MB' },
  { memoryMb: 512, name: 'shared-cpu-1x, 512 MB' },
  { memoryMb: 1024, name: 'shared-cpu-1x, 1 GB' },
  { memoryMb: 2048, name: 'shared-cpu-1x, 2 GB' },
];
export const DEFAULT_MEMORY_MB = 512;

export const FLY_REGIONS: readonly Region[] = [
  { code: 'ams', name: 'Amsterdam' },
  { code: 'arn', name: 'Stockholm' },
  { code: 'bom', name: 'Mumbai' },
  { code: 'cdg', name: 'Paris' },
  { code: 'dfw', name: 'Dallas' },
  { code: 'ewr', name: 'Secaucus' },
  { code: 'fra', name: 'Frankfurt' },
  { code: 'gru', name: 'São Paulo' },
  { code: 'iad', name: 'Ashburn' },
  { code: 'jnb', name: 'Johannesburg' },
  { code: 'lax', name: 'Los Angeles' },
  { code: 'lhr', name: 'London' },
  { code: 'nrt', name: 'Tokyo' },
  { code: 'ord', name: 'Chicago' },
  { code: 'sin', name: 'Singapore' },
  { code: 'sjc', name: 'San Jose' },
  { code: 'syd', name: 'Sydney' },
  { code: 'yyz', name: 'Toronto' },
];

/** Returns the regions where deployments can run; the first is the default. */
export const regionsOf = (machines: 'local' | 'fly'): readonly Region[] =>
  machines === 'local'
    ? [{ code: LOCAL_REGION, name: 'This computer' }]
    : [...FLY_REGIONS].sort((a, b) => Number(b.code === 'iad') - Number(a.code === 'iad'));

const cents = (usd: number) => Math.round(usd * 100) / 100;

/** False for the row of a server that runs elsewhere, which stands for no machine. */
export const isMachine = ({ app }: { app: string }): boolean => app !== REMOTE_APP;

/** A server that runs elsewhere has no machine. */
export const NO_COST: MonthlyCost = { alwaysOn: 0, withSleep: 0, currency: 'USD', asOf: PRICES_AS_OF };

/** The list price of a month; an estimate in regions whose price is not known. */
export function monthlyCost(memoryMb: number, region: string): MonthlyCost {
  const factor = PRICE_FACTORS[region] ?? HIGHEST_FACTOR;
  const alwaysOn = (BASE_USD + (memoryMb / 256) * USD_PER_256_MB) * factor;
  const asleep = SUSPENDED_USD_PER_GB * ROOT_GB * factor;
  const withSleep = alwaysOn * AWAKE_SHARE + asleep * (1 - AWAKE_SHARE);
  return { alwaysOn: cents(alwaysOn), withSleep: cents(withSleep), currency: 'USD', asOf: PRICES_AS_OF };
}
