import { expect, test } from 'vitest';
import { readCode } from '../code/code-file.ts';
import { detectPythonEnv } from './env.ts';

const detect = (text: string) => detectPythonEnv(readCode({ files: [{ path: 'server.py', text }] }).python);

test.each([
  ['KEY = os.environ["A_KEY"]', { name: 'A_KEY', requirement: 'HARD' }],
  ['def f():\n    return os.environ["A_KEY"]', { name: 'A_KEY', requirement: 'LAZY' }],
  ['os.getenv("A_MODE", "fast")', { name: 'A_MODE', default: 'fast', requirement: 'OPTIONAL' }],
  ['environ.get("A_KEY")', { name: 'A_KEY' }],
  ['@click.option("--key", envvar="A_KEY")', { name: 'A_KEY' }],
  ['key = os.getenv("A_KEY")\nif not key:\n    raise ValueError("x")\n', { name: 'A_KEY', requirement: 'HARD' }],
])('reads %j', (text, expected) => expect(detect(text)).toMatchObject([expected]));

test('pydantic-settings hides names: fields, prefixes and aliases are resolved', () => {
  const text = `class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")
    token: str
    limit: int = 10
    url: str | None = Field(default=None, validation_alias="OTHER_URL")

`;
  expect(detect(text).map(({ name, requirement }) => [name, requirement])).toEqual(
    expect.arrayContaining([
      ['APP_TOKEN', 'HARD'],
      ['APP_LIMIT', 'OPTIONAL'],
      ['OTHER_URL', 'OPTIONAL'],
    ]),
  );
});

test('ignores writes of a variable', () => expect(detect('os.environ["A_KEY"] = "x"')).toEqual([]));

test.each([
  [
    'nested models behind the delimiter',
    'class Db(BaseModel):\n    url: str\n    port: int = 5432\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")\n    db: Db\n    token: SecretStr\n',
    ['APP_DB__URL OPTIONAL', 'APP_DB__PORT OPTIONAL NUMBER 5432', 'APP_TOKEN HARD'],
  ],
  [
    'the old Config class, an alias of several, and a base of their own',
    'class Base(BaseSettings):\n    class Config:\n        env_prefix = "OLD_"\n\nclass Settings(Base):\n    key: str = Field(validation_alias=AliasChoices("A_KEY", "B_KEY"), description="Your key")\n    mode: Literal["fast", "slow"] = "fast"\n',
    ['A_KEY HARD', 'OLD_MODE OPTIONAL fast'],
  ],
  [
    'a field over several lines, and a method that is none',
    'class S(BaseSettings):\n    token: str | None = Field(\n        default=None,\n        description="Your token",\n    )\n    debug: bool = False\n\n    def url(self) -> str:\n        part: str = "x"\n        return part\n',
    ['TOKEN OPTIONAL', 'DEBUG OPTIONAL BOOLEAN False'],
  ],
  [
    'click reads its options under auto_envvar_prefix',
    '@click.command(context_settings={"auto_envvar_prefix": "APP"})\n@click.option("--api-key", help="Your key")\ndef main(api_key): ...\n',
    ['APP_API_KEY OPTIONAL'],
  ],
  ['environs', 'env = Env()\nenv.str("A_KEY")\nenv.int("A_LIMIT", "5")', ['A_KEY', 'A_LIMIT OPTIONAL 5']],
  ['a constant that holds the name', 'TOKEN_VARIABLE = "A_TOKEN"\ntoken = os.environ.get(TOKEN_VARIABLE)', ['A_TOKEN']],
])('%s', (_, text, expected) => {
  const shown = detect(text).map(({ name, requirement, kind, default: fallback }) =>
    [name, requirement, kind, fallback].filter(Boolean).join(' '),
  );
  expect(shown.sort()).toEqual(expected.sort());
});
