import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../harness/system.ts';
import { expectAccessible, handset, launchBrowser, signInAs, type TestBrowser, type WatchedPage } from './browser.ts';
import { openScene, type Scene } from './scene.ts';

const engines = inject('engines');
let scene: Scene;
let browser: TestBrowser;
let open: { incidentId: string; code: string };
const pages: WatchedPage[] = [];

beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(engines), launchBrowser(engines.chromiumPath)]);
  open = await scene.missedScan();
  await eventually(async () => (await scene.read(open.incidentId)).evidenceState === 'ready');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await scene?.system.close();
});
afterEach(async () => {
  for (const watched of pages.splice(0)) {
    watched.calm();
    await watched.close();
  }
  expect(scene.system.errors).toEqual([]);
});

const openPage = async (options?: Parameters<TestBrowser['open']>[0]) => {
  const watched = await browser.open(options);
  pages.push(watched);
  return watched;
};

describe('what a role may not do', () => {
  it('compliance reads the incident and cannot decide it', async () => {
    const { page } = await openPage();
    await signInAs(page, scene.system.baseUrl, 'Compliance');
    await page.locator(`[data-incident="${open.incidentId}"]`).click();
    await page.getByText('Compliance can read this incident').waitFor();
    expect(await page.getByTestId('verdict-confirmed').count()).toBe(0);
    expect(await page.getByTestId('acknowledge').count()).toBe(0);
    await page.keyboard.press('4');
    expect(await page.getByTestId('verdict-confirm').count()).toBe(0);
    expect(await scene.read(open.incidentId)).toMatchObject({ state: 'alerting', verdict: null });
  });

  it('store staff sees no audit log and may hold nothing', async () => {
    const watched = await openPage();
    const { page } = watched;
    const { baseUrl, database } = scene.system;
    watched.expects(401, '/v1/session');
    await page.goto(baseUrl);
    await page.getByLabel('API key').fill(database.keys.store_staff);
    await page.keyboard.press('Enter');
    await page.locator(`[data-incident="${open.incidentId}"]`).click();
    await page.getByTestId('verdict-paid').waitFor();
    expect(await page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Place legal hold' }).count()).toBe(0);
    await page.goto(`${baseUrl}/audit`);
    await page.getByText('The audit log is for compliance').waitFor();
  });
});

describe('compliance', () => {
  it('places a legal hold with its reason, and releases it', async () => {
    const { page } = await openPage();
    await signInAs(page, scene.system.baseUrl, 'Compliance');
    await page.locator(`[data-incident="${open.incidentId}"]`).click();
    await page.getByRole('button', { name: 'Place legal hold' }).click();
    await page.getByLabel('Why it must be kept').fill('Asked for by Legal');
    await page.getByRole('button', { name: 'Place hold' }).click();
    await page.getByTestId('timeline').getByText('Legal hold placed: Asked for by Legal').waitFor();
    expect((await scene.read(open.incidentId)).legalHold).toBe(true);
    await page.getByRole('button', { name: 'Release hold' }).click();
    await page.getByRole('button', { name: 'Release', exact: true }).click();
    await page.getByRole('button', { name: 'Place legal hold' }).waitFor();
    expect((await scene.read(open.incidentId)).legalHold).toBe(false);
  });

  it('verifies the audit chain, which then shows that it was verified', async () => {
    const { page } = await openPage();
    await signInAs(page, scene.system.baseUrl, 'Compliance');
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.locator('[data-action="hold.placed"]').waitFor();
    await page.getByRole('button', { name: 'Verify chain' }).click();
    await page.getByTestId('audit-verify-result').getByText('The chain is whole').waitFor();
    const verified = page.locator('[data-action="audit.verified"]');
    await verified.waitFor();
    await verified.getByRole('button', { name: 'Whole row' }).click();
    await page.getByText('"headHash"').waitFor();
  });
});

describe('every page is usable by everybody', () => {
  const looks = [
    { look: 'dark', options: { scheme: 'dark' } },
    { look: 'light', options: { scheme: 'light' } },
    { look: 'at phone width', options: { scheme: 'dark', size: handset } },
  ] as const;

  it.each(looks)('$look', async ({ options }) => {
    const watched = await openPage(options);
    const { page } = watched;
    const { baseUrl } = scene.system;
    const go = async (path: string, ready: string) => {
      await page.goto(`${baseUrl}${path}`);
      await page.getByText(ready).first().waitFor();
      await expectAccessible(page, path);
    };
    watched.expects(401, '/v1/session');
    await page.goto(baseUrl);
    await page.getByText('Continue as SOC operator').waitFor();
    await expectAccessible(page, '/sign-in');
    await page.getByRole('button', { name: 'Continue as Admin' }).click();
    await page.locator(`[data-incident="${open.incidentId}"]`).waitFor();
    await expectAccessible(page, '/');

    await go(`/incidents/${open.incidentId}`, 'The clip is ready and verified.');
    for (const tab of ['Why', 'Evidence', 'Custody']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel', { name: tab }).locator('table, h3').first().waitFor();
      await expectAccessible(page, tab);
    }
    await page.keyboard.press('5');
    await page.getByTestId('verdict-confirm').waitFor();
    await expectAccessible(page, 'an armed verdict');
    await page.keyboard.press('Escape');
    await go('/?tab=closed', 'Nothing closed yet');
    await go('/estate', 'High Street');
    await go('/phones', 'please check SCO 3');
    await go('/audit', 'This is the first row.');
    await go('/no/such/page', 'There is no such page');
  });
});
