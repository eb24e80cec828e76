import { builder } from '../builder.ts';
import { EgressPolicyEnum, EndpointAccessEnum, IsolationEnum } from '../enums.ts';

export const KeyValueInput = builder.inputType('KeyValueInput', {
  description: 'A name and its value.',
  fields: (t) => ({
    name: t.string({ description: 'The name of the variable or argument.' }),
    value: t.string({ description: 'Value of the variable or argument; of a FILE as base64. Never returned.' }),
  }),
});

export const DeployInput = builder.inputType('DeployInput', {
  description: 'The server to deploy and its settings.',
  fields: (t) => ({
    analysisId: t.id({ description: 'Global id or UUID of a finished analysis.' }),
    idempotencyKey: t.string({
      required: false,
      description:
        'A random text. Requests with the same key within 24 hours make one deployment, and receive the same payload.',
    }),
    candidate: t.id({
      required: false,
      description: 'Key of one of its candidates; the first deployable one when not given.',
    }),
    name: t.string({ required: false, description: "Name of the deployment; the candidate's name when not given." }),
    credentials: t.field({
      type: [KeyValueInput],
      required: false,
      defaultValue: [],
      description: 'Values of credential fields.',
    }),
    personalFields: t.stringList({
      required: false,
      description:
        "Names of credential fields of which each person has an own value; values given here are the deployer's own.",
    }),
    arguments: t.field({
      type: [KeyValueInput],
      required: false,
      defaultValue: [],
      description: 'Values of argument fields; a repeated one comes several times.',
    }),
    version: t.string({ required: false, description: 'A version other than the one that the analysis pinned.' }),
    region: t.string({ required: false, description: 'Code of a region; the default one when not given.' }),
    memoryMb: t.int({ required: false, description: 'Memory in MB; one of machineSizes.' }),
    processor: t.string({
      required: false,
      description: 'Name of a processor; the one proposed for the package when not given. It may raise the memory.',
    }),
    access: t.field({
      type: EndpointAccessEnum,
      required: false,
      defaultValue: 'TOKEN',
      description: 'Access policy of the endpoint.',
    }),
    isolation: t.field({
      type: IsolationEnum,
      required: false,
      defaultValue: 'AUTO',
      description: 'Sessions that share one server process.',
    }),
    egress: t.field({
      type: EgressPolicyEnum,
      required: false,
      description: 'What the server may reach over the network, from its first start on; MACHINE when not given.',
    }),
    egressHosts: t.stringList({ required: false, description: 'Hosts that are listed, up to 100.' }),
    sleepAfterMinutes: t.int({
      required: false,
      description: 'Idle minutes before it goes to sleep; it never does when not given.',
    }),
    acceptUnverified: t.boolean({
      required: false,
      defaultValue: false,
      description: 'Deploy although a warning asks for confirmation.',
    }),
    extraArguments: t.stringList({
      required: false,
      defaultValue: [],
      description: 'Further arguments, in order, as they are.',
    }),
    extraEnvironment: t.field({
      type: [KeyValueInput],
      required: false,
      defaultValue: [],
      description: 'Variables that the analysis did not find; kept as credentials are.',
    }),
  }),
});

export const RedeployInput = builder.inputType('RedeployInput', {
  description: 'The deployment that gets a new release, and its version.',
  fields: (t) => ({
    id: t.id({ description: 'Global id or UUID of the deployment.' }),
    version: t.string({ required: false, description: 'The version; the newest one when not given.' }),
  }),
});

export const RollbackInput = builder.inputType('RollbackInput', {
  description: 'The older release to run again.',
  fields: (t) => ({
    id: t.id({ description: 'Global id or UUID of the deployment.' }),
    releaseId: t.id({
      required: false,
      description: 'Global id or UUID of the release; the one before when not given.',
    }),
  }),
});

export const UpdateCredentialsInput = builder.inputType('UpdateCredentialsInput', {
  description: 'Credentials to set and to remove; others stay.',
  fields: (t) => ({
    id: t.id({ description: 'Global id or UUID of the deployment.' }),
    set: t.field({ type: [KeyValueInput], required: false, defaultValue: [], description: 'Credentials to set.' }),
    unset: t.stringList({ required: false, defaultValue: [], description: 'Names of credentials to remove.' }),
    arguments: t.field({
      type: [KeyValueInput],
      required: false,
      defaultValue: [],
      description: 'Arguments to set in the same release; arguments that are not named stay.',
    }),
    mode: t.stringList({
      required: false,
      defaultValue: [],
      description: 'Words to start the server with, such as a subcommand that `DeploymentFailure.modes` names.',
    }),
  }),
});

export const UpdateDeploymentInput = builder.inputType('UpdateDeploymentInput', {
  description: 'Settings to change; settings that are not given stay as they are.',
  fields: (t) => ({
    id: t.id({ description: 'Global id or UUID of the deployment.' }),
    name: t.string({ required: false, description: 'Name of the deployment.' }),
    slug: t.string({
      required: false,
      description:
        'Another short name for its addresses: 3 to 40 lower-case letters, digits and hyphens, beginning with a letter. An empty text makes one of its name. The replaced one works for another 30 days.',
    }),
    tags: t.stringList({
      required: false,
      description: 'All tags of the deployment, up to 20 of 40 characters each, without commas.',
    }),
    arguments: t.field({
      type: [KeyValueInput],
      required: false,
      description:
        'All arguments of the server; a value of `••••••` leaves a secret one as it is. Makes a new release.',
    }),
    extraArguments: t.stringList({
      required: false,
      description: 'All further arguments of the server; `••••••` leaves a hidden one as it is. Makes a new release.',
    }),
    access: t.field({ type: EndpointAccessEnum, required: false, description: 'Access policy of the endpoint.' }),
    isolation: t.field({
      type: IsolationEnum,
      required: false,
      description: 'Sessions that share one server process; a change makes a new release.',
    }),
    egress: t.field({
      type: EgressPolicyEnum,
      required: false,
      description: 'What the server may reach over the network; a change makes a new release.',
    }),
    egressHosts: t.stringList({
      required: false,
      description: 'All hosts that are listed, up to 100; a change makes a new release.',
    }),
    personalFields: t.stringList({
      required: false,
      description: 'All credential fields of which each person has an own value; a change makes a new release.',
    }),
    confirm: t.boolean({
      required: false,
      description:
        'True to go on although other people lose their connected apps and own keys, as CONFIRMATION_REQUIRED says.',
    }),
    credentials: t.field({
      type: [KeyValueInput],
      required: false,
      description:
        'With `personalFields`: values of fields that become shared, and your own of those that become personal.',
    }),
    sleepAfterMinutes: t.int({
      required: false,
      description: 'Idle minutes before it goes to sleep, or null if it never does.',
    }),
    answersWhileAsleep: t.boolean({
      required: false,
      description: 'Let it sleep under clients that only listen, and answer lists for it.',
    }),
    recordsBodies: t.boolean({
      required: false,
      description: 'Record the arguments and results of calls as well.',
    }),
    region: t.string({ required: false, description: 'Code of a region; makes a new release.' }),
    memoryMb: t.int({ required: false, description: 'Memory in MB; makes a new release.' }),
    processor: t.string({
      required: false,
      description: 'Name of a processor; makes a new release, and may raise the memory.',
    }),
  }),
});
