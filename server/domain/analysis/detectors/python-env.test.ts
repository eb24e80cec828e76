import { expect, test } from 'vitest';
import { detectPythonEnv } from './python-env.ts';

const detect = (text: string) => detectPythonEnv({ files: [{ path: 'server.py', text }], paths: [], truncated: false });

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

test('a write is no read', () => expect(detect('os.environ["A_KEY"] = "x"')).toEqual([]));
