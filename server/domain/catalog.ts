import { BUNDLE_APP, REMOTE_APP } from '#deploy/address.ts';
import {
  DEFAULT_PROCESSOR,
  getProcessor,
  type PackageWeight,
  type Processor,
  proposeProcessor,
  timeFactorOf,
} from './processors.ts';

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

/** superfly/docs, about/pricing (commit 0137eed) and its snippet of regions (12704c0), read on this day. */
const PRICES_AS_OF = new Date('2026-11-30T00:00:00Z');
/** A processor with the least memory that goes with it: 256 MB for a shared one, 2 GB for one of its own. */
const USD_PER_CPU = { shared: 2.19, performance: 33 };
const USD_PER_GB = 6.01;
/** Suspended machines pay for their root file system alone. */
const SUSPENDED_USD_PER_GB = 0.15;
const ROOT_GB = 1;
const AWAKE_SHARE = 0.05;

/** Price relative to Ashburn. Fly's list leaves Mumbai out: the highest known one is assumed there. */
const PRICE_FACTORS: Record<string, number> = {
  iad: 1,
  ewr: 1,
  ams: 1.0385,
  arn: 1.0385,
  yyz: 1.1154,
  cdg: 1.1346,
  lhr: 1.1346,
  fra: 1.1538,
  sjc: 1.1923,
  lax: 1.1995,
  dfw: 1.25,
  ord: 1.25,
  sin: 1.2692,
  syd: 1.2692,
  jnb: 1.3029,
  nrt: 1.3077,
  gru: 1.6154,
  [LOCAL_REGION]: 0,
};
const HIGHEST_FACTOR = Math.max(...Object.values(PRICE_FACTORS));

export const MACHINE_SIZES: readonly MachineSize[] = [
  { memoryMb: 256, name: '256 MB' },
  { memoryMb: 512, name: '512 MB' },
  { memoryMb: 1024, name: '1 GB' },
  { memoryMb: 2048, name: '2 GB' },
];
export const DEFAULT_MEMORY_MB = 512;
/** The machine of a trial. */
export const TRIAL_SIZE = { processor: 'performance-1x', memoryMb: 2048 };

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

/** The processor of a machine for which none is chosen. Nothing limits one on this computer. */
export const proposedProcessor = (weight: PackageWeight | undefined, region: string): Processor =>
  weight === undefined || region === LOCAL_REGION ? DEFAULT_PROCESSOR : proposeProcessor(weight);

/** How many times longer than usual an installation or a start of a machine may take. */
export const timeFactor = ({ processor, region }: { processor: string; region: string }): number =>
  region === LOCAL_REGION ? 1 : timeFactorOf(getProcessor(processor));

const cents = (usd: number) => Math.round(usd * 100) / 100;

/** False for the row of a server that runs elsewhere and of a bundle, which stands for no machine. */
export const isMachine = ({ app }: { app: string }): boolean => app !== REMOTE_APP && app !== BUNDLE_APP;

/** The app of the rows of a runtime that has no machine; null for one that has. */
export const appWithoutMachine = (runtime: string): string | null => {
  if (runtime === 'remote') return REMOTE_APP;
  return runtime === 'bundle' ? BUNDLE_APP : null;
};

/** Reports whether a release of this runtime has no host: its server runs elsewhere, or is several deployments. */
export const hasNoHost = (runtime: string | undefined): boolean => runtime === 'remote' || runtime === 'bundle';

/** A server that runs elsewhere has no machine. */
export const NO_COST: MonthlyCost = { alwaysOn: 0, withSleep: 0, currency: 'USD', asOf: PRICES_AS_OF };

/** The list price of a month; an estimate in regions whose price is not known. */
export const monthlyCost = (memoryMb: number, region: string, processor = DEFAULT_PROCESSOR.name): MonthlyCost =>
  costAtAwakeShare({ memoryMb, region, processor }, AWAKE_SHARE);

/** The same, for a machine that runs for a part of the time, from 0 to 1. */
export function costAtAwakeShare(
  { memoryMb, region, processor: processorName }: { memoryMb: number; region: string; processor: string },
  awakeShare: number,
): MonthlyCost {
  const factor = PRICE_FACTORS[region] ?? HIGHEST_FACTOR;
  const { kind, cpus, memoryMinMb } = getProcessor(processorName);
  const moreGb = Math.max(0, memoryMb - memoryMinMb) / 1024;
  const alwaysOn = (USD_PER_CPU[kind] * cpus + USD_PER_GB * moreGb) * factor;
  // The root file system costs the same everywhere.
  const asleep = region === LOCAL_REGION ? 0 : SUSPENDED_USD_PER_GB * ROOT_GB;
  const withSleep = alwaysOn * awakeShare + asleep * (1 - awakeShare);
  return { alwaysOn: cents(alwaysOn), withSleep: cents(withSleep), currency: 'USD', asOf: PRICES_AS_OF };
}
