import type { ArgumentField, CredentialField, Evidence } from '#server/domain/analysis/result.ts';
import { builder } from '../builder.ts';
import { ConfidenceEnum, EvidenceKindEnum, FieldKindEnum, RequirementEnum } from '../enums.ts';

const EvidenceType = builder.objectRef<Evidence>('Evidence').implement({
  description: 'Where a fact was found.',
  fields: (t) => ({
    kind: t.expose('kind', { type: EvidenceKindEnum, description: 'What kind of source.' }),
    file: t.exposeString('file', {
      nullable: true,
      description: 'Path within the package or repository; null where a registry said so.',
    }),
    line: t.exposeInt('line', { nullable: true, description: 'Line in that file, counted from 1.' }),
    note: t.exposeString('note', { nullable: true, description: 'What it says there.' }),
  }),
});

export const CredentialFieldType = builder.objectRef<CredentialField>('CredentialField').implement({
  description: 'An environment variable that a server reads, as a form asks for it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The environment variable.' }),
    label: t.exposeString('label', { description: 'What a form calls it.' }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    kind: t.expose('kind', { type: FieldKindEnum, description: 'How it is asked for.' }),
    required: t.exposeBoolean('required', {
      description: 'Whether it must be given; in a group: whether one of the group must be.',
    }),
    requirement: t.expose('requirement', { type: RequirementEnum, description: 'What happens without it.' }),
    default: t.exposeString('default', { nullable: true, description: 'What the server assumes when it is unset.' }),
    choices: t.exposeStringList('choices', { description: 'The values it can have; empty when any.' }),
    pattern: t.exposeString('pattern', { nullable: true, description: 'A regular expression for the whole value.' }),
    group: t.exposeString('group', { nullable: true, description: 'One field of a group suffices.' }),
    helpUrl: t.exposeString('helpUrl', { nullable: true, description: 'Where to get it.' }),
    advanced: t.exposeBoolean('advanced', { description: 'Whether a form may hide it at first.' }),
    confidence: t.expose('confidence', {
      type: ConfidenceEnum,
      description: 'How sure it is that the server reads it.',
    }),
    evidence: t.expose('evidence', { type: [EvidenceType], description: 'Where it was found.' }),
  }),
});

export const ArgumentFieldType = builder.objectRef<ArgumentField>('ArgumentField').implement({
  description: 'A command-line argument of a server, as a form asks for it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called in `arguments`.' }),
    label: t.exposeString('label', { description: 'What a form calls it.' }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    kind: t.expose('kind', { type: FieldKindEnum, description: 'How it is asked for.' }),
    required: t.exposeBoolean('required', { description: 'Whether it must be given.' }),
    repeated: t.exposeBoolean('repeated', { description: 'Whether it may be given more than once.' }),
    positional: t.exposeBoolean('positional', { description: 'Whether it stands alone, without a flag.' }),
    flag: t.exposeString('flag', { nullable: true, description: 'Such as --api-key.' }),
    default: t.exposeString('default', { nullable: true, description: 'What the server assumes without it.' }),
    choices: t.exposeStringList('choices', { description: 'The values it can have; empty when any.' }),
    advanced: t.exposeBoolean('advanced', { description: 'Whether a form may hide it at first.' }),
    evidence: t.expose('evidence', { type: [EvidenceType], description: 'Where it was found.' }),
  }),
});
