import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { ViewerContents } from '../domain/packet/ports.ts';

const folder = fileURLToPath(new URL('../viewer/', import.meta.url));

/** The viewer as one HTML file that loads nothing: the same sources and contents give the same bytes. */
export function createViewerPage(): (contents: ViewerContents) => Promise<string> {
  let parts: Promise<{ template: string; style: string; script: string }> | undefined;
  return async (contents) => {
    parts ??= readParts();
    const { template, style, script } = await parts;
    const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const policy = [
      "default-src 'none'",
      `script-src ${hashOf(script)}`,
      `style-src ${hashOf(style)}`,
      "img-src 'self' blob: file:",
      "media-src 'self' blob: file:",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; ');
    // Nothing in it can end the element that holds it.
    const json = JSON.stringify(contents).replaceAll('<', '\\u003c');
    const fills: [string, string][] = [
      [`content="default-src 'none'"`, `content="${policy}"`],
      ['<style></style>', `<style>${style}</style>`],
      ['id="contents">{}</script>', `id="contents">${json}</script>`],
      ['<script></script>', `<script>${script}</script>`],
    ];
    return fills.reduce((page, [place, filled]) => fill(page, place, filled), template);
  };
}

/** By a function, since a replacement text would have its own `$` read. */
function fill(page: string, place: string, filled: string): string {
  if (!page.includes(place)) throw new Error(`viewer/page.html has no place for ${place}`);
  return page.replace(place, () => filled);
}

async function readParts(): Promise<{ template: string; style: string; script: string }> {
  const [template, style, { outputFiles }] = await Promise.all([
    readFile(`${folder}page.html`, 'utf8'),
    readFile(`${folder}style.css`, 'utf8'),
    build({
      absWorkingDir: folder,
      entryPoints: ['main.ts'],
      bundle: true,
      write: false,
      minify: true,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      charset: 'ascii',
      legalComments: 'none',
      logLevel: 'silent',
    }),
  ]);
  const script = outputFiles[0]!.text.trimEnd().replaceAll('</script', '<\\/script');
  return { template, style, script };
}
