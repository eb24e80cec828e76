import { expect, test } from 'vitest';
import { documentsForUsers } from './documents.ts';

const left = (files: Record<string, string>) =>
  documentsForUsers({
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    paths: [],
    truncated: false,
  }).files.map(({ path }) => path);

test('leaves translations out beside their original', () => {
  expect(
    left({ 'README.md': 'Hello', 'README.ja.md': 'やあ', 'README_zh-CN.md': '你好', 'docs/es/README.md': 'Hola' }),
  ).toEqual(['README.md']);
});

test('prefers an English translation to an original in another language', () => {
  expect(
    left({ 'README.md': '这是一个用于天气的服务器', 'README.en.md': 'A server', 'README_EN.md': 'A server' }),
  ).toEqual(['README.en.md', 'README_EN.md']);
});

test('keeps documents that have no original, and documents whose names end like a language', () => {
  expect(left({ 'README.zh.md': '你好', 'docs/setup-it.md': 'Hello' })).toEqual(['README.zh.md', 'docs/setup-it.md']);
});

test('leaves out the history and the rules of a project', () => {
  expect(
    left({ 'README.md': '', 'CHANGELOG.md': '', 'docs/CONTRIBUTING.md': '', 'docs/security-settings-guide.md': '' }),
  ).toEqual(['README.md', 'docs/security-settings-guide.md']);
});
