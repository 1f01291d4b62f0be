import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SignedHead } from '../../domain/audit-head.ts';

/** One file outside of database and object store, to which signed heads are added: a line each, on the disk before it counts. */
export async function appendHead(path: string, head: SignedHead): Promise<void> {
  const file = await open(path, 'a', 0o640);
  try {
    const isNew = (await file.stat()).size === 0;
    await file.appendFile(`${JSON.stringify(head)}\n`);
    await file.sync();
    if (isNew) await syncFolder(dirname(path));
  } finally {
    await file.close();
  }
}

/** Its lines, the oldest first; none when there is no file yet. */
export async function readHeadLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The name of a new file is not on the disk before its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
