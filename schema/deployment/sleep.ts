import { costAtAwakeShare, hasNoHost, NO_COST } from '#server/domain/catalog.ts';
import { readSleepReport, type SleepReport } from '#server/domain/deployments/upkeep/sleep-report.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

const WakeCallerType = builder.objectRef<SleepReport['wokenBy'][number]>('WakeCaller').implement({
  description: 'A caller whose calls waited for a deployment to wake up.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of its token or client.' }),
    calls: t.exposeInt('calls', { description: 'Calls that waited.' }),
  }),
});

type Sleep = SleepReport & { monthlyCost: number; alwaysOnMonthlyCost: number; currency: string };

const SleepType = builder.objectRef<Sleep>('DeploymentSleep').implement({
  description: 'How a deployment slept in the last 7 days.',
  fields: (t) => ({
    asleepSince: t.expose('asleepSince', {
      type: 'DateTime',
      nullable: true,
      description: 'When it fell asleep; null while it is awake.',
    }),
    wakes: t.exposeInt('wakes', { description: 'Number of times that the deployment was woken.' }),
    wokenBy: t.expose('wokenBy', {
      type: [WakeCallerType],
      description: 'Callers whose calls waited for it to wake up, those with the most calls first; at most five.',
    }),
    awakeShare: t.exposeFloat('awakeShare', {
      description: 'The part of the time in which its machine ran, from 0 to 1.',
    }),
    monthlyCost: t.exposeFloat('monthlyCost', { description: 'Cost of a month with this share.' }),
    alwaysOnMonthlyCost: t.exposeFloat('alwaysOnMonthlyCost', { description: 'Cost of a month if it never slept.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of the costs.' }),
  }),
});

builder.prismaObjectField(DeploymentType, 'sleep', (t) =>
  t.field({
    type: SleepType,
    nullable: true,
    description: 'Sleep of the deployment in the last 7 days, or null if it never sleeps.',
    select: {
      id: true,
      sleepAfterMinutes: true,
      memoryMb: true,
      region: true,
      processor: true,
      currentRelease: { select: { runtime: true } },
    },
    resolve: async ({ id, sleepAfterMinutes, memoryMb, region, processor, currentRelease }, _args, { prisma }) => {
      if (sleepAfterMinutes === null) return null;
      const report = await readSleepReport(prisma, id, new Date());
      const cost = hasNoHost(currentRelease?.runtime)
        ? { ...NO_COST, withSleep: 0 }
        : costAtAwakeShare({ memoryMb, region, processor }, report.awakeShare);
      return {
        ...report,
        monthlyCost: cost.withSleep,
        alwaysOnMonthlyCost: cost.alwaysOn,
        currency: cost.currency,
      };
    },
  }),
);
