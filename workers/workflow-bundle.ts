import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/** The workflow bundle of these very sources: built once (2–3 s), then found by their hash. */
export async function workflowBundle(cacheDir: string): Promise<{ codePath: string }> {
  const codePath = join(cacheDir, `workflows-${await sourceHash()}.js`);
  const cached = await readFile(codePath).then(
    () => true,
    () => false,
  );
  if (!cached) {
    const { code } = await buildWorkflowBundle();
    await mkdir(cacheDir, { recursive: true });
    const partial = `${codePath}.${process.pid}`;
    await writeFile(partial, code);
    await rename(partial, codePath);
  }
  return { codePath };
}

export const buildWorkflowBundle = () => bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(join(root, 'package.json')));
  for (const folder of ['domain', 'workflows', 'activities']) {
    for (const file of (await readdir(join(root, folder), { recursive: true }))
      .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
      .sort()) {
      hash.update(file).update(await readFile(join(root, folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
