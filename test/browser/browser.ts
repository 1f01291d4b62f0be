import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { buildConsole } from '../../stack/console-build.ts';
import { root } from '../../stack/root.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const waitMs = 10_000;
const desktop = { width: 1440, height: 900 };
const handset = { width: 390, height: 844 };

/** A page under watch: whatever it complains about is collected and fails the test, unless it was announced. */
export interface WatchedPage {
  page: Page;
  /** This answer belongs to the story: `[401, '/v1/session']`. */
  expects(status: number, path: string): void;
  /** Fails when the page logged an error, broke its security policy, or got an answer that nobody announced. */
  calm(): void;
  close(): Promise<void>;
}

export interface TestBrowser {
  open(options?: { size?: { width: number; height: number } }): Promise<WatchedPage>;
  close(): Promise<void>;
}

/** Builds the console as `npm start` does and returns its folder. */
export async function builtConsole(): Promise<string> {
  await buildConsole(() => undefined);
  return join(root, 'console', 'dist');
}

/** One headless Chromium; each page gets a context, and so a session, of its own. */
export async function launchBrowser(chromiumPath: string): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  return {
    async open({ size = desktop } = {}) {
      const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
      await context.addInitScript("localStorage.setItem('mantine-color-scheme-value', 'dark')");
      context.setDefaultTimeout(waitMs);
      return watch(await context.newPage(), context);
    },
    close: () => browser.close(),
  };
}

async function watch(page: Page, context: BrowserContext): Promise<WatchedPage> {
  const complaints: string[] = [];
  const expected: string[] = [];
  // Every tab of the context is watched, also the ones that links open.
  const attend = (tab: Page) => {
    tab.on('pageerror', (error) => complaints.push(`threw ${error.message}`));
    tab.on('console', (message) => {
      // The browser repeats a refused request as an error; the answer itself is looked at below.
      if (message.type() === 'error' && !/^Failed to load resource/.test(message.text()))
        complaints.push(`logged ${message.text()}`);
    });
    tab.on('response', (response) => {
      if (response.status() < 400) return;
      const answer = `${response.status()} ${new URL(response.url()).pathname}`;
      const at = expected.indexOf(answer);
      if (at < 0) complaints.push(`got ${answer}`);
      else expected.splice(at, 1);
    });
    tab.on('requestfailed', (request) => {
      const { pathname } = new URL(request.url());
      // Leaving a page ends what it was still reading, and a player drops the rest of a clip.
      const isLeft = request.failure()?.errorText === 'net::ERR_ABORTED' && request.method() === 'GET';
      if (!isLeft) complaints.push(`failed ${pathname}: ${request.failure()?.errorText}`);
    });
  };
  attend(page);
  context.on('page', attend);
  await context.exposeFunction('reportViolation', (text: string) => complaints.push(`broke its policy: ${text}`));
  await context.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
       window.reportViolation(event.violatedDirective + ' ' + event.blockedURI))`,
  );
  return {
    page,
    expects: (status, path) => expected.push(`${status} ${path}`),
    calm() {
      expect(complaints).toEqual([]);
      expect(expected, 'announced and never seen').toEqual([]);
    },
    close: () => context.close(),
  };
}

/** What another look than the first can break: colours in another scheme, sizes and scrolling at another width. */
const rulesOfLight = ['color-contrast'];
const rulesOfPhone = ['target-size', 'scrollable-region-focusable', 'meta-viewport'];

/** The two walks over the pages of a file: at a desk, where each page is seen in both schemes, and with a phone. */
export const walks = [
  { walk: 'in dark and in light colours', options: {}, see: expectAccessibleInBothSchemes },
  {
    walk: 'at phone width',
    options: { size: handset },
    see: (page: Page, name: string) => expectAccessible(page, name, rulesOfPhone),
  },
] as const;

async function expectAccessibleInBothSchemes(page: Page, name: string): Promise<void> {
  await expectAccessible(page, `${name}, dark`);
  await switchScheme(page, 'light');
  await expectAccessible(page, `${name}, light`, rulesOfLight);
  await switchScheme(page, 'dark');
}

/** As when another tab of the console switches: the page follows without being loaded again. */
async function switchScheme(page: Page, scheme: 'dark' | 'light'): Promise<void> {
  const shown = await page.evaluate<string | undefined>(
    `(async () => {
       const change = { key: 'mantine-color-scheme-value', newValue: '${scheme}', storageArea: localStorage };
       window.dispatchEvent(new StorageEvent('storage', change));
       await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
       const fading = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
       await Promise.allSettled(fading.map(({ finished }) => finished));
       return document.documentElement.dataset.mantineColorScheme;
     })()`,
  );
  expect(shown).toBe(scheme);
}

/** Fails on any serious or critical finding of axe-core (or of these rules of it), and when the page is wider than the window. */
export async function expectAccessible(page: Page, name: string, rules?: readonly string[]): Promise<void> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axeSource);
  const options = { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) };
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  const findings = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
  expect(findings, `axe on ${name}`).toEqual([]);
  const overflowPx = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  expect(overflowPx, `${name} is wider than the window by`).toBeLessThanOrEqual(0);
}

export interface Media {
  readyState: number;
  timeS: number;
  isPaused: boolean;
}

/** What the page's player does right now. */
export function mediaOf(page: Page): Promise<Media> {
  return page.evaluate<Media>(
    `(({ readyState, currentTime, paused }) => ({ readyState, timeS: currentTime, isPaused: paused }))(
       document.querySelector('video'))`,
  );
}

/** Signs in with the button that development offers. */
export async function signInAs(page: Page, baseUrl: string, label: string): Promise<void> {
  await page.goto(`${baseUrl}/sign-in`);
  await page.getByRole('button', { name: `Continue as ${label}` }).click();
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
}
