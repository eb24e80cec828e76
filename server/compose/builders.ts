import { childPath } from '#deploy/host/child/environment.ts';
import { COMPILER_FACTS, findToolchain } from '#deploy/host/install/toolchain.ts';
import type { Builders } from '#server/domain/analysis/context.ts';

const ELSEWHERE = 'Or build it yourself, and run it with: catwalk host -- COMMAND.';

/** Machines of this computer use its compilers, which may be installed while the server runs. */
export const localBuilders: Builders = (compiler) => {
  if (findToolchain(compiler, childPath()) !== null) return null;
  const { language, hint } = COMPILER_FACTS[compiler];
  return `This server is built from its source in ${language}, and the computer that Catwalk runs on has no compiler for it. ${hint} Then analyze it again. ${ELSEWHERE}`;
};

/** The image of machines that run elsewhere brings no compiler. */
export const remoteBuilders: Builders = (compiler) =>
  `This server is built from its source in ${COMPILER_FACTS[compiler].language}, which is done on machines of this computer alone (MACHINES=local). ${ELSEWHERE}`;
