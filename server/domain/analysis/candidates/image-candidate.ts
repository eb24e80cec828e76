import { type ImageConfig, isRootUser } from '#deploy/host/images/image-config.ts';
import { imageName } from '#deploy/host/images/image-reference.ts';
import type { HttpServing } from '#deploy/host/package-spec.ts';
import { findVariableNameProblem } from '../../credentials/variable-names.ts';
import { type ArgumentFinding, ENV_NAME, type EnvFinding, evidenceOf, isPlaceholder } from '../detect/finding.ts';
import { isFilledIn } from '../detect/http-serving.ts';
import { type ImageServingFacts, imageServing } from '../detect/image-serving.ts';
import { mergeArguments } from '../detect/merge-arguments.ts';
import { mergeCredentials } from '../detect/merge-credentials.ts';
import type { PublishedImage } from '../registries/images.ts';
import type { AnalysisWarning, CredentialField, Described, ServerCandidate } from '../result.ts';
import { joinCommandLine } from '../source/command-words.ts';
import { imageText } from '../source/image-name.ts';
import { imageSpec, servedOver } from './package-spec.ts';

/** What is known of the server in an image besides the image: from a registry's entry or its repository. */
export type ImageFacts = {
  env?: readonly EnvFinding[];
  arguments?: readonly ArgumentFinding[];
  fixed?: readonly string[];
  /** What decides how its server speaks. */
  serving?: ImageServingFacts;
  /** The image was named by a person, or its label leads back to the entry. */
  verified: boolean;
};

const LABELS = 'org.opencontainers.image.';
/** Facts about the build, which programs read and people do not set. */
const BUILD =
  /(?:^|_)(?:VERSION|SHA\d*|HASH|DIGEST|CHECKSUM|GPG_KEYS?|RELEASE|BUILD\w*|COMMIT|REVISION)$|^(?:GOSU|S6|JAVA|JDK|GO|GOLANG|RUST\w*|CARGO)_/;

/** Variables of the image's configuration: empty ones are to be filled in, others have a value that can be changed. */
const variablesIn = ({ env }: ImageConfig): EnvFinding[] =>
  Object.entries(env).flatMap(([name, value]) => {
    if (!ENV_NAME.test(name) || BUILD.test(name) || findVariableNameProblem(name) !== null) return [];
    const isOpen = value === '' || isPlaceholder(value);
    return [
      {
        name,
        evidence: evidenceOf('DOCKERFILE', null, null, 'in the configuration of the image'),
        ...(isOpen ? { example: value } : { default: value }),
      },
    ];
  });

/** Values that the image brings by itself are for those who look for them. */
const behindAdvanced = (field: CredentialField): CredentialField =>
  field.default !== null && field.evidence.every(({ kind }) => kind === 'DOCKERFILE')
    ? { ...field, advanced: true }
    : field;

const credentialsOf = (config: ImageConfig, env: readonly EnvFinding[]): CredentialField[] =>
  mergeCredentials([...env, ...variablesIn(config)], {
    codeWasRead: false,
    codeMentions: () => true,
    isLeftover: () => false,
    readsDocumented: false,
    isDocumented: false,
    ownPrefixes: null,
    nameWords: [],
    stdioLaunches: 0,
    launchesSetVariables: false,
    isValue: () => false,
  }).map(behindAdvanced);

const startOf = ({ entrypoint, cmd }: ImageConfig): string =>
  entrypoint.length + cmd.length === 0
    ? 'The image names no program to start.'
    : `The image starts ${joinCommandLine([...entrypoint, ...cmd])}.`;

const notesOf = (config: ImageConfig): string =>
  [
    startOf(config),
    ...(isRootUser(config.user) ? ['It is made to run as root; Catwalk runs it as another user.'] : []),
    'Its own files are read-only; HOME, /tmp and its volumes can be written.',
  ].join(' ');

const warningsOf = (config: ImageConfig, key: string): AnalysisWarning[] =>
  config.entrypoint.length + config.cmd.length > 0
    ? []
    : [
        {
          code: 'NO_COMMAND',
          weight: 'CAUTION',
          message: 'The image names no program to start: paste the whole command, with the program after the image.',
          candidateKey: key,
        },
      ];

/** `docker run` for people to read. A server that serves HTTP has no use for a standard input. */
export const dockerRun = (http: HttpServing | null | undefined): string[] => [
  'docker',
  'run',
  ...(http ? [] : ['-i']),
  '--rm',
];

/** The repository that an image says it was built from. */
export const sourceLabel = ({ labels }: ImageConfig): string | null => labels[`${LABELS}source`] ?? null;

/** The candidate of a container image, from its configuration and what else is known. */
export function imageCandidate(
  { reference, digest, config }: PublishedImage,
  { env = [], arguments: declared = [], fixed = [], serving = {}, verified }: ImageFacts,
): Described {
  const name = imageName(reference);
  const key = `image:${name}`;
  const text = imageText(reference);
  const label = (word: string): string | null => config.labels[`${LABELS}${word}`]?.slice(0, 500) || null;
  const http = imageServing(config, serving);
  const credentials = credentialsOf(config, env);
  const candidate: ServerCandidate = {
    key,
    displayName: label('title') ?? reference.repository.split('/').at(-1) ?? name,
    description: label('description'),
    runtime: 'oci',
    deployable: true,
    notDeployableReason: null,
    package: name,
    version: reference.tag ?? digest,
    integrity: digest,
    subfolder: null,
    runCommand: joinCommandLine([...dockerRun(http), text, ...fixed]),
    arguments: mergeArguments(declared, [...fixed]),
    credentials: http === null ? credentials : credentials.filter(({ name: own }) => !isFilledIn(own, http)),
    verified,
    verdict: 'MCP_SERVER',
    tools: [],
    notes: notesOf(config),
    spec: servedOver(imageSpec(reference, digest), http),
    fixedArguments: [...fixed],
  };
  return { candidate, warnings: warningsOf(config, key) };
}
