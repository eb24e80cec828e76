import { describe, expect, test } from 'vitest';
import { maskCompiled } from './mask-compiled.ts';
import { maskJavaScript } from './mask-javascript.ts';
import { maskPython } from './mask-python.ts';
import { isWithin, type Masked } from './masked.ts';

/** The text with `~` for each character between quotes. */
const shown = ({ text, strings }: Masked): string =>
  [...text].map((one, at) => (isWithin(strings, at) && one !== '\n' ? '~' : one)).join('');

describe('JavaScript', () => {
  test.each([
    ['line comments', 'a // b\nc', 'a     \nc'],
    ['block comments, with their line breaks', 'a /* b\nc */ d', 'a     \n     d'],
    ['an address in a string is no comment', 'f("http://x") // y', 'f("~~~~~~~~")     '],
    [
      'a quote in a regular expression opens no string',
      'x = /["\'`]/.test(y) ? "a" : b',
      'x = /~~~~~/.test(y) ? "~" : b',
    ],
    ['a regular expression behind a condition', 'if (x) /"/.test(y); "z"', 'if (x) /~/.test(y); "~"'],
    ['a regular expression behind a block', '}/"x"/.test(a)&&"b"', '}/~~~/.test(a)&&"~"'],
    ['a division is no regular expression', 'f(a)/2/b; "s"', 'f(a)/2/b; "~"'],
    ['a division behind a comment', 'a\n/* b */ / c / d', 'a\n        / c / d'],
    ['code inside of a template', '`a ${b + `c ${d} "e"`} f` + "g"', '`~~${b + `~~${d}~~~~`}~~` + "~"'],
    ['an apostrophe in a text', "<p>it's</p>\n'a'", "<p>it's</p>\n'~'"],
    ['a backtick that never closes', "x ` y 'a'", "x ` y '~'"],
    ['an escaped quote', "'a\\'b' c", "'~~~~' c"],
  ])('%s', (_, source, expected) => expect(shown(maskJavaScript(source))).toBe(expected));
});

describe('Python', () => {
  test.each([
    ['comments', 'a = 1  # b "c"\n', 'a = 1         \n'],
    ['a docstring', 'def f():\n    """a\n    b"""\n    c\n', 'def f():\n        \n        \n    c\n'],
    ['a docstring of a module behind a comment', '# a\n"""b"""\nc', '   \n       \nc'],
    ['a long string that is a value', 'a = """b\nc"""\nf(\n    """d"""\n)', 'a = """~\n~"""\nf(\n    """~"""\n)'],
    ['a hash in a string', 'a = "#b"', 'a = "~~"'],
  ])('%s', (_, source, expected) => expect(shown(maskPython(source))).toBe(expected));
});

describe('Go and Rust', () => {
  test.each([
    ['comments of Go', 'a // b "c"\n/* d */ e', 'go', 'a         \n        e'],
    ['struct tags of Go', 'Key string `env:"A"` // b', 'go', 'Key string `~~~~~~~`     '],
    ['a rune is no string', 'a := \'"\' + "b"', 'go', 'a := \'"\' + "~"'],
    ['a lifetime of Rust', 'fn f<\'a>(b: &\'a str) { "c" }', 'rust', 'fn f<\'a>(b: &\'a str) { "~" }'],
    ['a raw string of Rust', 'r#"a "b" // c"# // d', 'rust', 'r#"~~~~~~~~~~"#     '],
  ] as const)('%s', (_, source, language, expected) => expect(shown(maskCompiled(source, language))).toBe(expected));
});
