import type { MissingSetting } from '#server/domain/deployments/rows/failure.ts';
import { builder } from '../builder.ts';

const KINDS = { variable: 'VARIABLE', argument: 'ARGUMENT' } as const;
const SettingKindEnum = builder.enumType('SettingKind', {
  description: 'VARIABLE: an environment variable. ARGUMENT: a part of the command line.',
  values: ['VARIABLE', 'ARGUMENT'] as const,
});

const MissingSettingType = builder.objectRef<MissingSetting>('MissingSetting').implement({
  description: 'A setting that a server asked for when it started.',
  fields: (t) => ({
    kind: t.field({ type: SettingKindEnum, description: 'Kind of setting.', resolve: ({ kind }) => KINDS[kind] }),
    name: t.exposeString('name', { description: 'Name of the environment variable or of the argument.' }),
    flag: t.string({
      nullable: true,
      description: 'Command-line flag; null for a variable and for a positional argument.',
      resolve: (missing) => (missing.kind === 'argument' ? missing.flag : null),
    }),
  }),
});

export const StartNeedType = builder.objectRef<MissingSetting[]>('StartNeed').implement({
  description: 'Something without which a server did not start.',
  fields: (t) => ({
    anyOf: t.field({
      type: [MissingSettingType],
      description: 'The settings that meet the need; one of them is enough.',
      resolve: (need) => need,
    }),
  }),
});

export const StartModeType = builder.objectRef<string[]>('StartMode').implement({
  description: 'A way to start the program that its usage text offers.',
  fields: (t) => ({
    words: t.stringList({ description: 'Words for the command line, in order.', resolve: (words) => words }),
  }),
});
