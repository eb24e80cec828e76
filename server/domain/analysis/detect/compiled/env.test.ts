import { expect, test } from 'vitest';
import { readCode } from '../code/code-file.ts';
import { detectCompiledEnv } from './env.ts';

const shown = (path: string, text: string) =>
  detectCompiledEnv(readCode({ files: [{ path, text }] })).map(({ name, requirement, default: fallback }) =>
    [name, requirement, fallback].filter(Boolean).join(' '),
  );

test.each([
  ['os.Getenv', 'main.go', 'token := os.Getenv("A_TOKEN")', ['A_TOKEN']],
  [
    'viper behind a prefix',
    'main.go',
    'viper.SetEnvPrefix("app")\nviper.AutomaticEnv()\nviper.GetString("content-size")\nviper.BindEnv("k", "OTHER_KEY")',
    ['OTHER_KEY', 'APP_CONTENT_SIZE OPTIONAL'],
  ],
  ['viper without a prefix names nothing', 'main.go', 'viper.GetString("content-size")', []],
  [
    'struct tags',
    'config.go',
    'type C struct {\n  Key string `env:"A_KEY,required"`\n  Mode string `env:"A_MODE" envDefault:"fast"`\n}',
    ['A_KEY HARD', 'A_MODE OPTIONAL fast'],
  ],
  ['flags of urfave/cli', 'main.go', '&cli.StringFlag{Name: "key", EnvVars: []string{"A_KEY"}}', ['A_KEY']],
  [
    'clap',
    'main.rs',
    '#[arg(long, env = "A_KEY")]\nkey: String,\n#[arg(long, env, default_value = "fast")]\nmode: String,\n#[arg(short, env)]\npub limit: Option<u32>,',
    ['A_KEY', 'MODE OPTIONAL fast', 'LIMIT OPTIONAL'],
  ],
  ['std::env', 'main.rs', 'std::env::var("A_KEY")?', ['A_KEY']],
])('%s', (_, path, text, expected) => expect(shown(path, text)).toEqual(expected));
