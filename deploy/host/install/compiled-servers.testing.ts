import { createHash } from 'node:crypto';
import { makeZip } from '../zip.testing.ts';
import { serve, type TestServer } from './registry.testing.ts';

/** The smallest server in Go: its only tool says how it was started. */
export const GO_SERVER = `package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"example.com/acme/weather/internal/words"
)

type message struct {
	ID     json.RawMessage \`json:"id"\`
	Method string          \`json:"method"\`
	Params struct {
		ProtocolVersion string \`json:"protocolVersion"\`
	} \`json:"params"\`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var m message
		if json.Unmarshal(lines.Bytes(), &m) != nil || m.ID == nil {
			continue
		}
		var result any
		switch m.Method {
		case "initialize":
			result = map[string]any{
				"protocolVersion": m.Params.ProtocolVersion,
				"capabilities":    map[string]any{"tools": map[string]any{}},
				"serverInfo":      map[string]any{"name": "tiny-go", "version": "1"},
			}
		case "tools/list":
			result = map[string]any{"tools": []any{map[string]any{"name": "x", "inputSchema": map[string]any{"type": "object"}}}}
		default:
			text := words.Of(strings.Join(os.Args[1:], " "))
			result = map[string]any{"content": []any{map[string]any{"type": "text", "text": text}}}
		}
		_ = out.Encode(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": result})
	}
}
`;

export const GO_WORDS = `package words

func Of(text string) string { return "words of " + text }
`;

/** The same in Rust, without a crate for JSON: it reads the id and the version as the text that they are. */
export const CARGO_SERVER = `use std::io::{self, BufRead, Write};

fn after<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let key = format!("\\"{}\\":", name);
    line.find(&key).map(|at| line[at + key.len()..].trim_start())
}

fn text_of(line: &str, name: &str) -> Option<String> {
    let rest = after(line, name)?.strip_prefix('"')?;
    rest.find('"').map(|end| rest[..end].to_string())
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        let line = line.unwrap_or_default();
        let id = match after(&line, "id") {
            Some(rest) => {
                let quoted = rest.starts_with('"');
                let end = if quoted { rest[1..].find('"').map(|at| at + 2) } else { rest.find(|c| c == ',' || c == '}') };
                rest[..end.unwrap_or(rest.len())].to_string()
            }
            None => continue,
        };
        let method = text_of(&line, "method").unwrap_or_default();
        let result = match method.as_str() {
            "initialize" => format!(
                "{{\\"protocolVersion\\":\\"{}\\",\\"capabilities\\":{{\\"tools\\":{{}}}},\\"serverInfo\\":{{\\"name\\":\\"tiny-rust\\",\\"version\\":\\"1\\"}}}}",
                text_of(&line, "protocolVersion").unwrap_or_default()
            ),
            "tools/list" => "{\\"tools\\":[{\\"name\\":\\"x\\",\\"inputSchema\\":{\\"type\\":\\"object\\"}}]}".to_string(),
            _ => format!("{{\\"content\\":[{{\\"type\\":\\"text\\",\\"text\\":\\"tide of {}\\"}}]}}", words.join(" ")),
        };
        let _ = writeln!(out, "{{\\"jsonrpc\\":\\"2.0\\",\\"id\\":{},\\"result\\":{}}}", id, result);
        let _ = out.flush();
    }
}
`;

const MODULE = 'example.com/acme/weather';
const VERSION = 'v1.0.0';
const MODULE_FILES: Record<string, string> = {
  'go.mod': `module ${MODULE}\n\ngo 1.18\n`,
  'words/words.go': GO_WORDS,
};

/** The sum of files as go.sum has it (golang.org/x/mod, dirhash.Hash1). */
const sumOf = (files: [name: string, content: string][]): string => {
  const hash = createHash('sha256');
  for (const [name, content] of files.sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${createHash('sha256').update(content).digest('hex')}  ${name}\n`);
  return `h1:${hash.digest('base64')}`;
};

/** A module proxy (go.dev/ref/mod, GOPROXY protocol) with one module, and the go.sum of one that needs it. */
export const startModuleProxy = async (): Promise<TestServer & { sums: string }> => {
  const named = Object.entries(MODULE_FILES).map(([name, content]): [string, string] => [
    `${MODULE}@${VERSION}/${name}`,
    content,
  ]);
  const home = `/${MODULE}/@v/${VERSION}`;
  const answers: Record<string, string | Buffer> = {
    [`/${MODULE}/@v/list`]: `${VERSION}\n`,
    [`${home}.info`]: JSON.stringify({ Version: VERSION, Time: '2026-01-01T00:00:00Z' }),
    [`${home}.mod`]: MODULE_FILES['go.mod'] ?? '',
    [`${home}.zip`]: makeZip(named.map(([path, data]) => ({ path, data }))),
  };
  const server = await serve(async (path) => answers[path] ?? null);
  const sums = [
    `${MODULE} ${VERSION} ${sumOf(named)}`,
    `${MODULE} ${VERSION}/go.mod ${sumOf([['go.mod', MODULE_FILES['go.mod'] ?? '']])}`,
  ];
  return { ...server, sums: `${sums.join('\n')}\n` };
};
