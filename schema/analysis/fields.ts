import type { ArgumentField, CredentialField, Evidence } from '#server/domain/analysis/result.ts';
import { offersPersonal } from '#server/domain/credentials/offers-personal.ts';
import { builder } from '../builder.ts';
import { ConfidenceEnum, EvidenceKindEnum, FieldKindEnum, RequirementEnum } from '../enums.ts';

const EvidenceType = builder.objectRef<Evidence>('Evidence').implement({
  description: 'The place where a fact was found.',
  fields: (t) => ({
    kind: t.expose('kind', { type: EvidenceKindEnum, description: 'Kind of source.' }),
    file: t.exposeString('file', {
      nullable: true,
      description: 'Path within the package or repository; null where a registry said so.',
    }),
    line: t.exposeInt('line', { nullable: true, description: 'Line in that file, counted from 1.' }),
    note: t.exposeString('note', { nullable: true, description: 'The statement found there.' }),
  }),
});

export const CredentialFieldType = builder.objectRef<CredentialField>('CredentialField').implement({
  description: 'An environment variable that a server reads, as a form asks for it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The environment variable.' }),
    label: t.exposeString('label', { description: 'Label in a form.' }),
    description: t.exposeString('description', { nullable: true, description: 'Purpose of the variable.' }),
    kind: t.expose('kind', {
      type: FieldKindEnum,
      description: 'Kind of the value, by which a form chooses its control.',
    }),
    required: t.exposeBoolean('required', {
      description: 'True if a deployment without a value is refused; in a group, one value is enough.',
    }),
    requirement: t.expose('requirement', { type: RequirementEnum, description: 'Consequence of leaving it unset.' }),
    default: t.exposeString('default', {
      nullable: true,
      description: 'Value that the server assumes when it is unset.',
    }),
    choices: t.exposeStringList('choices', { description: 'The values it can have; empty when any.' }),
    pattern: t.exposeString('pattern', { nullable: true, description: 'A regular expression for the whole value.' }),
    group: t.exposeString('group', { nullable: true, description: 'One field of a group suffices.' }),
    together: t.stringList({
      description: 'Other fields of its group that are needed with it, such as the password beside an address.',
      resolve: ({ together }) => together ?? [],
    }),
    helpUrl: t.exposeString('helpUrl', {
      nullable: true,
      description: 'Address of the page where a value can be obtained.',
    }),
    personal: t.boolean({
      description:
        'True if a form proposes that each person enters an own value: a key that a service gives to an account.',
      resolve: offersPersonal,
    }),
    advanced: t.exposeBoolean('advanced', { description: 'True if a form may hide it under advanced settings.' }),
    confidence: t.expose('confidence', {
      type: ConfidenceEnum,
      description: 'Confidence that the server reads the variable.',
    }),
    evidence: t.expose('evidence', { type: [EvidenceType], description: 'Places where it was found.' }),
  }),
});

export const ArgumentFieldType = builder.objectRef<ArgumentField>('ArgumentField').implement({
  description: 'A command-line argument of a server, as a form asks for it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name to use in `arguments`.' }),
    label: t.exposeString('label', { description: 'Label in a form.' }),
    description: t.exposeString('description', { nullable: true, description: 'Purpose of the argument.' }),
    kind: t.expose('kind', {
      type: FieldKindEnum,
      description: 'Kind of the value, by which a form chooses its control.',
    }),
    required: t.exposeBoolean('required', { description: 'True if a value is required.' }),
    requirement: t.field({
      type: RequirementEnum,
      description: 'Consequence of leaving it out.',
      resolve: ({ required, usual }) => (required ? 'HARD' : usual ? 'LAZY' : 'OPTIONAL'),
    }),
    repeated: t.exposeBoolean('repeated', { description: 'True if it may be given more than once.' }),
    positional: t.exposeBoolean('positional', { description: 'True if it is positional, without a flag.' }),
    flag: t.exposeString('flag', { nullable: true, description: 'Command-line flag, such as --api-key.' }),
    variable: t.string({
      nullable: true,
      description: 'Environment variable that sets the same: a value for one of both is enough.',
      resolve: ({ variable }) => variable ?? null,
    }),
    default: t.exposeString('default', {
      nullable: true,
      description: 'Value that the server assumes when it is not given.',
    }),
    choices: t.exposeStringList('choices', { description: 'The values it can have; empty when any.' }),
    advanced: t.exposeBoolean('advanced', { description: 'True if a form may hide it under advanced settings.' }),
    evidence: t.expose('evidence', { type: [EvidenceType], description: 'Places where it was found.' }),
  }),
});
