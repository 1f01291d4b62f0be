/**
 * Takes the pictures of the README from a running installation and writes them to docs/images:
 *
 *   npm start                                    (wait until it is ready, and a minute more for the queue to fill)
 *   npx tsx scripts/screenshots.ts [--base http://127.0.0.1:8420] [--out docs/images]
 *
 * It follows one incident from its text to its custody log, so it answers a text and verifies the audit chain; then it
 * plays a drill with a call for help. Use a development installation with fresh data (`npm start -- --data DIR`). It needs Chromium, found as the tests find it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import type { components } from '../schemas/generated/openapi.ts';
import { findTool } from '../stack/tools/find.ts';

type Schemas = components['schemas'];

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: 'http://127.0.0.1:8420' },
    out: { type: 'string', default: 'docs/images' },
  },
});
const base = values.base.replace(/\/$/, '');
const out = resolve(values.out);
const desktop = { width: 1280, height: 800 };
const wide = { width: 1440, height: 900 };
/** High enough for a closed incident and its custody log in one picture. */
const tall = { width: 1440, height: 1290 };
const handset = { width: 390, height: 720 };
const maxBytes = 250_000;
const patienceMs = 90_000;
/** So much time must be left to answer, that the story is told before the next person is asked. */
const leftMs = 25_000;

const browser = await chromium.launch({
  executablePath: (await findTool('chromium', { env: process.env })).path,
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
try {
  await mkdir(out, { recursive: true });
  await tellStory();
} finally {
  await browser.close();
}

async function tellStory(): Promise<void> {
  const soc = await signedIn('soc_operator');
  const page = await soc.newPage();
  await page.goto(base);
  const incident = await freshIncident(soc);
  await page.locator(`[data-incident="${incident.id}"]`).getByText('Clip ready').waitFor();
  await picture(page, 'queue');

  await page.setViewportSize(wide);
  await page.locator(`[data-incident="${incident.id}"]`).click();
  await clipShown(page);
  await picture(page, 'incident');
  await page.setViewportSize(desktop);

  const linkUrl = await linkOf(soc, incident.code);
  const link = await (await contextOf(handset)).newPage();
  await link.goto(linkUrl);
  await clipShown(link, 5);
  await picture(link, 'link');

  await page.getByRole('link', { name: 'Phones' }).click();
  const phone = page.locator('section', { has: page.getByText(`Floorwalker ${incident.code}: please check`) }).first();
  await phone.getByTestId('phone-reply').fill(`1 ${incident.code}`);
  await phone.getByTestId('phone-send').click();
  await phone.getByText(`Floorwalker ${incident.code}: noted`).waitFor();
  await picture(page, 'phone');

  const compliance = await (await signedIn('compliance')).newPage();
  await compliance.setViewportSize(tall);
  await compliance.goto(`${base}/incidents/${incident.id}`);
  await compliance.getByRole('heading', { name: 'Paid' }).waitFor();
  await clipShown(compliance);
  await compliance.getByRole('tab', { name: 'Custody' }).click();
  await compliance.locator('[data-action="evidence.link_opened"]').first().waitFor();
  await picture(compliance, 'closed');
  await compliance.setViewportSize(desktop);

  await compliance.getByRole('link', { name: 'Audit' }).click();
  await compliance.getByRole('button', { name: 'Verify chain' }).click();
  await compliance.getByText('The chain is whole').waitFor();
  await compliance.locator('[data-action="audit.verified"]').first().waitFor();
  await picture(compliance, 'audit');
  await tellDrill();
  await askCorrection(incident.id);
}

/** A drill in which somebody asks for help: the dialog, the call, the incident page, the list with its points. */
async function tellDrill(): Promise<void> {
  const page = await (await signedIn('soc_lead')).newPage();
  await page.goto(base);
  await page.getByTestId('start-drill').click();
  await page.getByRole('combobox', { name: 'Zone (optional)' }).click();
  await page.getByRole('option', { name: 'SCO 3' }).click();
  await page.getByLabel('What is practised (optional)').fill('Evening crew: who goes, and how fast');
  await picture(page, 'drill');
  await page.getByRole('button', { name: 'Start the drill' }).click();
  await page.waitForURL('**/incidents/inc_*');
  const incidentUrl = page.url();
  const code = (await page.locator('header .mono').textContent())?.slice(-3) ?? '';

  await page.getByRole('link', { name: 'Phones' }).click();
  const asked = page.locator('section', { has: page.getByText(`DRILL Floorwalker ${code}: please check`) }).first();
  await asked.getByTestId('phone-reply').fill(`HELP ${code}`);
  await asked.getByTestId('phone-send').click();
  await page.getByTestId('call-answer').first().click();
  await page.getByRole('log', { name: 'What is said' }).getByText('DRILL').waitFor();
  await picture(page, 'call');
  await page.getByTestId('call-hang-up').first().click();

  await page.setViewportSize(wide);
  await page.goto(incidentUrl);
  await page.getByTestId('help-notice').getByText('asked for help').waitFor();
  await clipShown(page);
  await picture(page, 'help');
  await page.getByTestId('stand-down').click();
  await page.keyboard.press('Enter');
  await page.getByTestId('help-notice').waitFor({ state: 'detached' });
  await page.keyboard.press('5');
  await page.getByTestId('verdict-confirm').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'False alarm' }).waitFor();
  await page.setViewportSize(desktop);
  await page.goto(`${base}/drills`);
  await page.getByTestId('drills').getByText('closed: false alarm').first().waitFor();
  await picture(page, 'drills');
}

/** What a correction would do, before it is made; it is not made here. */
async function askCorrection(incidentId: string): Promise<void> {
  const page = await (await signedIn('soc_lead')).newPage();
  await page.goto(`${base}/incidents/${incidentId}`);
  await page.getByTestId('correct').click();
  const form = page.getByTestId('correct-form');
  await form.getByText('False alarm').click();
  await form.getByText('It was another item').click();
  await form.getByTestId('correction-preview').waitFor();
  await picture(page, 'correct');
}

async function contextOf(viewport: { width: number; height: number }): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  context.setDefaultTimeout(patienceMs);
  return context;
}

async function signedIn(role: Schemas['Role']): Promise<BrowserContext> {
  const context = await contextOf(desktop);
  const answer = await context.request.post(`${base}/simulator/session`, { data: { role } });
  if (!answer.ok())
    throw new Error(`${base} has no development sign-in (${answer.status()}); start it with \`npm start\`.`);
  return context;
}

/** An incident whose clip is ready and whose text was not answered yet; waits for the next one if need be. */
async function freshIncident(context: BrowserContext): Promise<Schemas['Incident']> {
  const untilMs = Date.now() + patienceMs;
  while (Date.now() < untilMs) {
    const answer = await context.request.get(`${base}/v1/incidents?state=alerting&limit=20`);
    const { items } = (await answer.json()) as Schemas['IncidentPage'];
    const fresh = items.find(
      ({ evidenceState, waitingFor }) =>
        evidenceState === 'ready' && waitingFor?.step === 0 && Date.parse(waitingFor.dueAt) - Date.now() > leftMs,
    );
    if (fresh) return fresh;
    await new Promise((wake) => setTimeout(wake, 500));
  }
  throw new Error(`No incident came within ${patienceMs / 1000} s; is the camera of ${base} running?`);
}

/** The console hides the secret part of a link; the phone that got the text has it. */
async function linkOf(context: BrowserContext, code: string): Promise<string> {
  const answer = await context.request.get(`${base}/simulator/phones`);
  const { phones } = (await answer.json()) as { phones: { messages: { body: string }[] }[] };
  const texts = phones.flatMap(({ messages }) => messages.map(({ body }) => body));
  const url = texts.find((body) => body.startsWith(`Floorwalker ${code}: please`))?.match(/https?:\S+/)?.[0];
  if (!url) throw new Error(`No phone has a text with the code ${code}.`);
  return url;
}

/** Until the player shows a picture; `atS` moves it there first. */
async function clipShown(page: Page, atS?: number): Promise<void> {
  await page.locator('video').waitFor();
  if (atS !== undefined) await page.evaluate(`document.querySelector('video').currentTime = ${atS}`);
  const isShown = `(({ readyState, seeking, currentTime }) => readyState >= 2 && !seeking && currentTime > 0)(
    document.querySelector('video'))`;
  const untilMs = Date.now() + patienceMs;
  while (!(await page.evaluate<boolean>(isShown))) {
    if (Date.now() > untilMs) throw new Error(`The clip of ${page.url()} does not play.`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

async function picture(page: Page, name: string): Promise<void> {
  const raw = await page.screenshot({ animations: 'disabled' });
  const whole = await sharp(raw).png({ effort: 10, compressionLevel: 9 }).toBuffer();
  // A photograph does not fit in full colour; a flat page does, and looks better so.
  const png =
    whole.byteLength <= maxBytes ? whole : await sharp(raw).png({ palette: true, quality: 92, effort: 10 }).toBuffer();
  if (png.byteLength > maxBytes) throw new Error(`${name}.png has ${png.byteLength} bytes, ${maxBytes} are allowed.`);
  await writeFile(join(out, `${name}.png`), png);
  console.log(`${name}.png ${Math.round(png.byteLength / 1000)} kB`);
}
