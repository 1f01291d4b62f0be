import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWorkflowBundle } from '../../workers/workflow-bundle.ts';
import '../harness/quiet-runtime.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let code: string;
let sources: string[];

beforeAll(async () => {
  ({ code } = await buildWorkflowBundle());
  const map = /\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/.exec(code)?.[1];
  const parsed = JSON.parse(Buffer.from(map ?? '', 'base64').toString('utf8')) as { sources: string[] };
  sources = parsed.sources.map((source) => source.replace(/^webpack:\/\/[^/]*/, ''));
}, 60_000);

/** What a worker loads for every incident, and what must replay for ever. */
describe('the workflow bundle', () => {
  it('stays small', () => {
    // 1.67 MB when this was written, the inline source map included.
    expect(Buffer.byteLength(code)).toBeLessThan(2_000_000);
  });

  it('holds the workflows, the rules, and nothing else of ours', () => {
    const ours = sources.filter((source) => source.startsWith(root) && !source.includes('node_modules'));
    const folders = new Set(ours.map((source) => source.slice(root.length).split('/')[0]));
    expect([...folders].sort()).toEqual(['domain', 'workflows']);
  });

  it('holds no package but the SDK and what it needs', () => {
    const wanted = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc'];
    const packages = new Set(sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []));
    expect([...packages].sort()).toEqual(wanted);
  });

  it('holds no module of Node but the three that the sandbox allows', () => {
    const allowed = new Set(['assert', 'url', 'util']);
    const names = builtinModules.filter((name) => !name.startsWith('_') && !allowed.has(name));
    const asked = names.filter((name) => new RegExp(`require\\(\\\\?["'](node:)?${name}\\\\?["']\\)`).test(code));
    expect(asked).toEqual([]);
  });
});
