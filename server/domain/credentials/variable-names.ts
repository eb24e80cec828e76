/** Variables that change how a program is loaded or installed instead of configuring it: never a user's to set. */
const FORBIDDEN = [
  /^NODE_OPTIONS$/i,
  /^NODE_EXTRA_CA_CERTS$/i,
  /^NODE_PATH$/i,
  /^LD_/,
  /^DYLD_/,
  /^npm_/i,
  /^CATWALK_/i,
  /^PYTHON(HOME|PATH|STARTUP|INSPECT)$/,
  /^(PIP|UV)_/,
  /^(PATH|HOME|TMPDIR|SHELL|IFS|BASH_ENV|ENV|PROMPT_COMMAND)$/,
  /^GIT_/,
  /^(PERL5(LIB|OPT|DB)|RUBY(OPT|LIB))$/,
  /^(_JAVA_OPTIONS|(JDK_)?JAVA_(TOOL_)?OPTIONS)$/,
  /^(GCONV_PATH|LOCPATH|NLSPATH|GLIBC_TUNABLES|BASH_FUNC_.*)$/,
];

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;

export type VariableNameProblem = 'malformed' | 'forbidden';

/**
 * Returns the reason why a user may not give a variable this name (POSIX environment names, XBD 8.1, and the list
 * above).
 */
export function findVariableNameProblem(name: string): VariableNameProblem | null {
  if (!NAME.test(name)) return 'malformed';
  return FORBIDDEN.some((pattern) => pattern.test(name)) ? 'forbidden' : null;
}
