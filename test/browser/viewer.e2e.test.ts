import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bagName } from '../../domain/packet/names.ts';
import { readZip } from '../../viewer/zip.ts';
import { buildTestPacket, packetFacts, recordedAs, testRecordings } from '../harness/packet.ts';

const engines = inject('engines');
const clipSeconds = 2;
let work: string;
let browser: Browser;
let context: BrowserContext;
let zip: Buffer;
let unpacked: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'floorwalker-viewer-'));
  const clipFile = join(work, 'clip.mp4');
  await promisify(execFile)(engines.ffmpegPath, [
    ...['-loglevel', 'error', '-f', 'lavfi', '-i', `testsrc=size=320x180:rate=10:duration=${clipSeconds}`],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', clipFile],
  ]);
  const recordings = { ...testRecordings, 'demo/high-street/inc/clip.mp4': await readFile(clipFile) };
  const facts = packetFacts({ artifacts: recordedAs(recordings) });
  ({ zip } = await buildTestPacket(facts, { recordings }));
  await writeFile(join(work, 'packet.zip'), zip);
  for (const { name, bytes } of await readZip(new Blob([Uint8Array.from(zip)]))) {
    await mkdir(dirname(join(work, name)), { recursive: true });
    await writeFile(join(work, name), Buffer.from(await bytes.arrayBuffer()));
  }
  unpacked = join(work, bagName(facts.packet));
  browser = await chromium.launch({ executablePath: engines.chromiumPath, args: ['--no-sandbox'] });
  context = await browser.newContext();
  await context.setOffline(true);
});
afterAll(async () => {
  await browser?.close();
  await rm(work, { recursive: true, force: true });
});

/** The viewer as somebody opens it who has unpacked the packet, and what it asked for. */
async function openViewer(): Promise<{ page: Page; asked: string[]; complaints: string[] }> {
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(join(unpacked, 'viewer.html')).href);
  return { page, asked, complaints };
}

const playsFor = (page: Page): Promise<number> =>
  page.locator('video').evaluate(async (element) => {
    const video = element as unknown as { muted: boolean; duration: number; play(): Promise<void> };
    video.muted = true;
    await video.play();
    return video.duration;
  });

const check = async (page: Page, input: '#zip' | '#folder', path: string): Promise<string | null> => {
  await page.locator(input).setInputFiles(path);
  await page.locator('#verdict.good, #verdict.bad').waitFor();
  return page.locator('#verdict').textContent();
};

describe('the viewer, in a bare browser without a network', () => {
  it('plays the video at once, and asks for nothing but files of its own folder', async () => {
    const { page, asked, complaints } = await openViewer();
    expect(await playsFor(page)).toBeCloseTo(clipSeconds, 1);
    expect(await page.locator('#verdict').textContent()).toBe('Not checked yet.');
    expect(await page.locator('h1').textContent()).toContain(`Packet pkt_${'0'.repeat(20)}, version 1`);
    const folder = pathToFileURL(unpacked).href;
    expect(asked.filter((url) => !url.startsWith(folder))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['#zip', () => join(work, 'packet.zip')],
    ['#folder', () => unpacked],
  ] as const)('finds that everything holds, given the %s, and plays what it checked', async (input, path) => {
    const { page, complaints } = await openViewer();
    expect(await check(page, input, path())).toMatch(
      /^EVERYTHING HOLDS\.[\s\S]*signature is right[\s\S]*with the key [0-9a-f]{64}/,
    );
    expect(await page.locator('video').getAttribute('src')).toMatch(/^blob:/);
    expect(await playsFor(page)).toBeCloseTo(clipSeconds, 1);
    expect(await page.locator('#files tr').count()).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
  });

  it('finds it as well where the browser does not know Ed25519, and a wrong signature there too', async () => {
    const { page } = await openViewer();
    await page.evaluate(() => {
      crypto.subtle.importKey = () => Promise.reject(new Error('not known'));
    });
    expect(await check(page, '#zip', join(work, 'packet.zip'))).toMatch(/^EVERYTHING HOLDS/);
    const forged = Buffer.from(zip);
    const at = forged.indexOf('"signature": "') + 20;
    forged[at] = forged[at] === 65 ? 66 : 65;
    await writeFile(join(work, 'forged.zip'), forged);
    expect(await check(page, '#zip', join(work, 'forged.zip'))).toMatch(/signature\.json: the signature is not/);
  });

  it('names the one file that was changed', async () => {
    const changed = Buffer.from(zip);
    const recording = testRecordings['demo/high-street/inc/segment-001.ts']!;
    changed[changed.indexOf(recording.subarray(0, 1_000)) + 7]! ^= 1;
    await writeFile(join(work, 'changed.zip'), changed);
    const { page } = await openViewer();
    const said = await check(page, '#zip', join(work, 'changed.zip'));
    expect(said).toMatch(
      /^THIS PACKET WAS CHANGED[\s\S]*1 thing does not hold[\s\S]*native\/segment-001\.ts: its sha256/,
    );
    expect(await page.locator('#files tr.problem').textContent()).toContain('data/native/segment-001.ts');
  });

  it('runs no script that somebody put into the page', async () => {
    const evil = (await readFile(join(unpacked, 'viewer.html'), 'utf8')).replace(
      '<main>',
      '<main><script>document.title = "owned"</script><img src="https://example.com/x.png">',
    );
    await writeFile(join(unpacked, 'evil.html'), evil);
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(unpacked, 'evil.html')).href);
    expect(await page.title()).toBe('Evidence packet');
    await rm(join(unpacked, 'evil.html'));
  });
});
