import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { demoPhones } from '../../stack/estate.ts';
import { eventually } from '../harness/system.ts';
import { expectAccessible, launchBrowser, mediaOf, signInAs, type TestBrowser, type WatchedPage } from './browser.ts';
import { openScene, type Scene } from './scene.ts';

type Schemas = components['schemas'];

const engines = inject('engines');
let scene: Scene;
let browser: TestBrowser;
let watched: WatchedPage;

beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(engines), launchBrowser(engines.chromiumPath)]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await scene?.system.close();
});
beforeEach(async () => {
  watched = await browser.open();
});
afterEach(async () => {
  watched.calm();
  await watched.close();
  expect(scene.system.errors).toEqual([]);
});

const media = () => mediaOf(watched.page);

describe('signing in', () => {
  it('refuses a wrong key in words, takes the right one, goes on where one wanted to be, and signs out', async () => {
    const { page } = watched;
    const { baseUrl, database } = scene.system;
    watched.expects(401, '/v1/session');
    await page.goto(`${baseUrl}/estate`);
    await page.waitForURL(/\/sign-in\?next=/);
    watched.expects(401, '/v1/session');
    await page.getByLabel('API key').fill('not-a-key');
    await page.keyboard.press('Enter');
    await page.getByText('This API key is not known, has expired or was revoked.').waitFor();
    await page.getByLabel('API key').fill(database.keys.soc_operator);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Stores and cameras' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/estate');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Continue as SOC operator' }).waitFor();
    watched.expects(401, '/v1/session');
    await page.goto(`${baseUrl}/estate`);
    await page.waitForURL(/\/sign-in/);
  });
});

describe('a missed scan, seen by the SOC', () => {
  it('arrives without a reload, is opened and decided by keyboard, and is closed everywhere', async () => {
    const { page } = watched;
    await signInAs(page, scene.system.baseUrl, 'SOC operator');
    await page.getByText('All quiet').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.evaluate('window.neverReloaded = true');

    const { incidentId, code } = await scene.missedScan();
    const row = page.locator(`[data-incident="${incidentId}"]`);
    await row.waitFor();
    await page.locator('p[aria-live=polite]', { hasText: 'New incident' }).waitFor({ state: 'attached' });
    expect(await row.textContent()).toContain(code);
    await page.keyboard.press('j');
    expect(await page.locator(':focus').getAttribute('data-incident')).toBe(incidentId);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/incidents/${incidentId}`);

    await page.getByTestId('clip-video').waitFor();
    await page.getByTestId('timeline').getByText('The text reached Sam (floor).').waitFor();
    await page.keyboard.press('v');
    await page.locator('[data-testid=verdict-paid]:focus').waitFor();
    await page.keyboard.press('4');
    await page.getByTestId('verdict-confirm').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Confirmed, no approach' }).waitFor();
    await page.getByTestId('timeline').getByText('SOC operator decided: Confirmed, no approach.').waitFor();
    expect(await page.getByTestId('verdict-bar').count()).toBe(0);
    expect(await scene.read(incidentId)).toMatchObject({ state: 'closed', verdict: 'confirmed', textsSent: 1 });
    expect(await page.evaluate<boolean>('window.neverReloaded')).toBe(true);

    await page.keyboard.press('q');
    await page.getByText('All quiet').waitFor();
    await page.getByRole('tab', { name: 'Closed' }).click();
    await row.getByText('Confirmed, no approach').waitFor();
  });

  it('shows the clip with its boxes, the till around it, and who looked', async () => {
    const { page } = watched;
    const { incidentId } = await scene.missedScan();
    await signInAs(page, scene.system.baseUrl, 'SOC operator');
    await page.locator(`[data-incident="${incidentId}"]`).click();
    await page.getByTestId('clip-video').waitFor();
    await expect.poll(async () => (await media()).readyState, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    const { clip, detectedAt } = await scene.read(incidentId);
    const momentS = (Date.parse(detectedAt) - Date.parse(clip?.fromAt ?? '')) / 1000;
    await expect.poll(async () => Math.abs((await media()).timeS - momentS)).toBeLessThan(0.1);
    const rect = page.locator('[data-testid=clip-boxes] g rect').last();
    const centreX = Number(await rect.getAttribute('x')) + Number(await rect.getAttribute('width')) / 2;
    expect(centreX, 'the box of the moment, in thousandths of the width').toBeGreaterThan(430);
    expect(centreX).toBeLessThan(520);

    await page.keyboard.press(' ');
    await expect.poll(async () => (await media()).isPaused).toBe(false);
    const startedS = (await media()).timeS;
    await expect.poll(async () => (await media()).timeS).toBeGreaterThan(startedS + 0.2);
    await page.keyboard.press(' ');
    await expect.poll(async () => (await media()).isPaused).toBe(true);

    // One key, one frame, also from the slider, which shows the frame that is seen; the recording has 15 a second.
    const slider = page.getByRole('slider', { name: 'Position in the clip' });
    const frameSeen = async () => Math.round(Number(await slider.inputValue()) * 15);
    await slider.focus();
    await page.keyboard.press('m');
    await expect.poll(frameSeen).toBe(Math.floor(momentS * 15 + 0.01));
    const fromFrame = await frameSeen();
    for (const [key, frames] of [['.', 1] as const, ['.', 2] as const, [',', 1] as const]) {
      await page.keyboard.press(key);
      await expect.poll(frameSeen).toBe(fromFrame + frames);
    }

    const strip = page.getByTestId('receipt');
    const lines = (await strip.getByRole('listitem').allTextContents()).slice(-3);
    expect(lines[0]).toContain('Apple£0.45');
    expect(lines[1]).toContain('no till line here');
    expect(lines[2]).toContain('Banana£0.19');

    await page.getByRole('tab', { name: 'Custody' }).click();
    const viewed = page.getByTestId('custody').locator('[data-action="evidence.viewed"]', { hasText: 'clip' });
    expect(await viewed.textContent()).toContain('SOC operator');
    await page.getByRole('tab', { name: 'Evidence' }).click();
    await page.getByRole('row', { name: /^Manifest of hashes/ }).waitFor();
    await page.getByRole('tab', { name: 'Why' }).click();
    await page.getByText('The till has no receipt for it').waitFor();

    await page.keyboard.press('n');
    await page.getByLabel('Note', { exact: true }).fill('Two bags, both from our shop. 1 2 3');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('timeline').getByText('Two bags, both from our shop. 1 2 3').waitFor();
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Taken' }).waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
  });

  it('says who was first when somebody else has decided meanwhile', async () => {
    const { page } = watched;
    const { incidentId } = await scene.missedScan();
    const verdictPath = `/v1/incidents/${incidentId}/verdict`;
    await signInAs(page, scene.system.baseUrl, 'SOC operator');
    await page.locator(`[data-incident="${incidentId}"]`).click();
    // The other one decides while this one's verdict is under way.
    await page.route(`**${verdictPath}`, async (route) => {
      await scene.system.api('soc_lead', 'POST', verdictPath, { verdict: 'paid' });
      await route.continue();
    });
    watched.expects(409, verdictPath);
    await page.getByTestId('verdict-false_positive').click();
    await page.keyboard.press('Enter');
    const notice = page.getByTestId('verdict-conflict');
    await notice.getByText('Your verdict was not recorded.').waitFor();
    await notice.getByText('SOC lead decided: Paid.').waitFor();
    expect(await scene.read(incidentId)).toMatchObject({ state: 'closed', verdict: 'paid' });
  });
});

describe('the phones', () => {
  it('get the text, open its link, and close the incident with one sign', async () => {
    const { page } = watched;
    const { baseUrl } = scene.system;
    await signInAs(page, baseUrl, 'SOC operator');
    await page.getByRole('link', { name: 'Phones' }).click();
    const phone = page.getByTestId(`phone-${demoPhones.staff}`);
    await phone.getByTestId('phone-reply').waitFor();

    const { incidentId, code } = await scene.missedScan();
    const text = phone.locator('p', { hasText: `Floorwalker ${code}: please check SCO 3, High Street.` });
    await text.waitFor();
    await expect.poll(async () => (await scene.read(incidentId)).evidenceState, { timeout: 15_000 }).toBe('ready');
    const opening = page.context().waitForEvent('page');
    await text.getByRole('link').click();
    const link = await opening;
    await link.getByRole('heading', { name: 'Please check SCO 3, High Street' }).waitFor();
    await link.locator('video').waitFor();
    await expect.poll(async () => (await mediaOf(link)).readyState, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);

    await expectAccessible(link, 'the page of the link');

    await phone.getByTestId('phone-reply').fill('1');
    await phone.getByTestId('phone-send').click();
    await expect.poll(async () => (await scene.read(incidentId)).state, { timeout: 10_000 }).toBe('closed');
    expect(await scene.read(incidentId)).toMatchObject({ verdict: 'paid' });
    await page.goto(`${baseUrl}/incidents/${incidentId}`);
    await page.getByTestId('timeline').getByText('Sam (floor) decided: Paid.').waitFor();
    await page.getByRole('tab', { name: 'Custody' }).click();
    await page.getByTestId('custody').locator('[data-action="evidence.link_opened"]').first().waitFor();
    watched.expects(404, new URL(link.url()).pathname);
    await link.reload();
    await link.getByRole('heading', { name: 'Nothing to see here any more' }).waitFor();
  });
});

describe('masking a clip', () => {
  it('plays the masked one, takes a box from the mouse and from the keys, and the original leaves by name only', async () => {
    const { page } = watched;
    const { baseUrl } = scene.system;
    const { incidentId } = await scene.missedScan();
    await eventually(async () => (await scene.read(incidentId)).evidenceState === 'ready', 15_000);
    await signInAs(page, baseUrl, 'SOC lead');
    await page.goto(`${baseUrl}/incidents/${incidentId}`);
    await page.getByRole('tab', { name: 'Masking' }).click();
    await page.getByText('The clip has not been masked.').waitFor();
    await page.getByRole('button', { name: 'Mask the clip' }).click();
    await page.getByTestId('masked-video').waitFor();
    await page.getByText('The masked clip may leave the company.').waitFor();

    await page.getByRole('button', { name: 'Draw boxes' }).click();
    const stage = (await page.getByLabel('Clip to draw on').boundingBox())!;
    const [left, top] = [stage.x + stage.width * 0.6, stage.y + stage.height * 0.2];
    await page.mouse.move(left, top);
    await page.mouse.down();
    await page.mouse.move(left + stage.width * 0.2, top + stage.height * 0.4, { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => page.getByLabel('Width, %').inputValue()).toMatch(/^(19|20)/);
    const moment = page.getByLabel('Moment of the clip');
    await moment.focus();
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Ends here' }).press('Enter');
    await page.getByRole('button', { name: 'Box here' }).press('Enter');
    await page.getByLabel('Left, %').fill('5');
    await page.keyboard.press('Tab');
    await expectAccessible(page, 'drawing boxes');
    await page.getByRole('button', { name: 'Save and mask anew' }).press('Enter');
    await page.getByRole('list', { name: 'Versions of the masked clip' }).getByText('Version 2').waitFor();
    await page.getByText('The masked clip may leave the company.').waitFor();
    const path = `/v1/incidents/${incidentId}/redactions`;
    const { body } = await scene.system.api<Schemas['Redactions']>('compliance', 'GET', path);
    const [drawn, typed] = body.versions[0]!.manual;
    expect(drawn?.keyFrames[0]?.x).toBeCloseTo(0.6, 1);
    expect(drawn!.keyFrames.at(-1)!.atMs - drawn!.keyFrames[0]!.atMs).toBeGreaterThan(500);
    expect(typed?.keyFrames[0]?.x).toBe(0.05);

    await page.getByRole('button', { name: 'Let the original leave' }).click();
    await page.getByLabel('Why it has to leave unmasked').fill('The police asked for it.');
    await page.getByRole('button', { name: 'Allow it' }).click();
    await page.getByText('The original clip may leave the company.').waitFor();
    await page
      .getByTestId('timeline')
      .getByText('SOC lead let the unmasked clip leave: The police asked for it.')
      .waitFor();
  });
});
