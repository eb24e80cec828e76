import type { Queryable } from '#prisma/client.ts';
import { INSTALLATION_SETTINGS } from '../installation-row.ts';

/** The most that each user may use. */
export type QuotaLimits = {
  /** Deployments that hold a machine. */
  machines: number;
  /** Analyses begun on one UTC day; answers from the cache are free. */
  analysesPerDay: number;
  /** In US dollars, in one UTC month, with the platform's key. */
  modelUsdPerMonth: number;
};

/** A person who runs Catwalk on their own computer spends their own: these only stop a runaway. */
const ONE_PERSON: QuotaLimits = { machines: 500, analysesPerDay: 5_000, modelUsdPerMonth: 100 };
const EACH_OF_MANY: QuotaLimits = { machines: 20, analysesPerDay: 200, modelUsdPerMonth: 5 };

export const defaultLimits = (singlePerson: boolean): QuotaLimits => (singlePerson ? ONE_PERSON : EACH_OF_MANY);

/** The administrator's limits; the defaults where there are none. */
export async function readLimits(db: Queryable, defaults: QuotaLimits): Promise<QuotaLimits> {
  const row = await db.installationSettings.findUnique({ where: { id: INSTALLATION_SETTINGS } });
  return {
    machines: row?.machinesMax ?? defaults.machines,
    analysesPerDay: row?.analysesPerDayMax ?? defaults.analysesPerDay,
    modelUsdPerMonth: row?.modelUsdPerMonthMax?.toNumber() ?? defaults.modelUsdPerMonth,
  };
}
