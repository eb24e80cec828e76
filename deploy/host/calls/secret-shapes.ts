/**
 * Secrets that are recognized by their form: tokens whose services give them a beginning of their own, bearers and private
 * keys. Every repeat is bounded or consists of characters that cannot begin a match, so that a long text is read once.
 */
const SHAPES = [
  /\b(?:cw[a-z]?_[\w-]{20,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|npm_\w{30,})/g,
  /\b(?:sk|pk|rk)[-_](?:ant-|or-|proj-|live_|test_)?[\w-]{20,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /\bya29\.[\w-]{20,}/g,
  /\bFlyV1 [\w+/=,:-]{20,}/g,
  // JSON Web Tokens and encrypted ones
  /(?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*){2,4}/g,
  /(?<=\b(?:Bearer|Basic) )[\w.~+/-]{8,}=*/gi,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
  // Passwords in addresses
  /(?<=:\/\/[^\s/:@"]{0,200}:)[^\s/@"]{1,1000}(?=@)/g,
];

export const withoutSecretShapes = (text: string): string =>
  SHAPES.reduce((rest, shape) => rest.replace(shape, '[redacted]'), text);
