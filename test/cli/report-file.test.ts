// What --output does to what was there before.
import { execFileSync } from 'node:child_process';
import {
  chmod,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takingOneByte } from './taking-one-byte.ts';
import { openReportFile } from '../../cli/report-file.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-output-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function report(path: string): Promise<void> {
  const file = await openReportFile(path);
  await file.write('new');
  await file.keep();
}

test('a file keeps its mode and takes the new text', async () => {
  const path = join(folder, 'report.json');
  await writeFile(path, 'old');
  await chmod(path, 0o600);
  await report(path);
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a disk that takes a part of each write gets the rest after it', async () => {
  const path = join(folder, 'report.json');
  await takingOneByte(folder);
  await report(path);
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('a link is followed, not replaced', async () => {
  const target = join(folder, 'target.json');
  const link = join(folder, 'link.json');
  await writeFile(target, 'old');
  await symlink(target, link);
  await report(link);
  expect(await readlink(link)).toBe(target);
  expect(await readFile(target, 'utf8')).toBe('new');
});

test.skipIf(process.platform === 'win32')('a pipe is written, not replaced', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [read] = await Promise.all([readFile(pipe, 'utf8'), report(pipe)]);
  expect(read).toBe('new');
  expect((await stat(pipe)).isFIFO()).toBe(true);
});

test('a scan that breaks leaves the old file and nothing beside it', async () => {
  const path = join(folder, 'report.json');
  await writeFile(path, 'old');
  const file = await openReportFile(path);
  await file.write('half');
  await file.discard();
  expect(await readdir(folder)).toEqual(['report.json']);
  expect(await readFile(path, 'utf8')).toBe('old');
});

test('a folder, and a place that does not exist, are refused by name', async () => {
  await expect(openReportFile(folder)).rejects.toThrow(/is a folder/);
  await expect(openReportFile(join(folder, 'no', 'report.json'))).rejects.toThrow(/does not exist/);
});
