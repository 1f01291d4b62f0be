import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { generateSigningKeyPem, openSigner } from '../../adapters/crypto/signer.ts';
import { reconcileDue } from '../../workers/reconcile-loop.ts';
import { eventually } from '../harness/system.ts';
import { expectAccessible, launchBrowser, signInAs, type TestBrowser, type WatchedPage, walks } from './browser.ts';
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
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await scene.read(open.incidentId)).legalHold).toBe(true);
    await page.getByRole('button', { name: 'Legal holds' }).click();
    await page.getByLabel('Why it must be kept').fill('Asked for by the insurer');
    await page.getByRole('button', { name: 'Place hold' }).click();
    await page.getByTestId('timeline').getByText('Legal hold placed: Asked for by the insurer').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Legal holds' }).click();
    for (const reason of ['Asked for by Legal', 'Asked for by the insurer']) {
      expect((await scene.read(open.incidentId)).legalHold).toBe(true);
      await page.getByRole('button', { name: `Release the hold: ${reason}` }).click();
      await page.getByLabel('Why it is released').fill('The matter is settled');
      await page.getByRole('button', { name: 'Release hold' }).click();
      await page.getByLabel('Why it is released').waitFor({ state: 'detached' });
    }
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Place legal hold' }).waitFor();
    expect((await scene.read(open.incidentId)).legalHold).toBe(false);
  });

  it('verifies the audit chain, which then shows that it was verified', async () => {
    const { page } = await openPage();
    await signInAs(page, scene.system.baseUrl, 'Compliance');
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.locator('[data-action="hold.placed"]').first().waitFor();
    await page.getByRole('button', { name: 'Verify chain' }).click();
    await page.getByTestId('audit-verify-result').getByText('The chain is whole').waitFor();
    const verified = page.locator('[data-action="audit.verified"]');
    await verified.waitFor();
    await verified.getByRole('button', { name: 'Whole row' }).click();
    await page.getByTestId('audit-row').getByText('"headHash"').waitFor();
    await page.getByText('Its hash was computed again just now, and is right.').waitFor();
    await expectAccessible(page, 'a row of the log');
    await page.getByRole('button', { name: 'Row before' }).click();
    await page
      .getByRole('dialog')
      .getByText(/^Row \d+, chain verified: tied to this row by/)
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('What', { exact: true }).selectOption('hold.placed');
    await page.getByLabel('About').fill(open.incidentId);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('There is nothing older like that.').waitFor();
    expect(
      await page.locator('tr[data-action]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-action'))),
    ).toEqual(['hold.placed', 'hold.placed']);
    await page.getByRole('button', { name: 'Clear' }).click();
    await verified.waitFor();
  });
});

describe('the retention calendar', () => {
  it('shows what goes when and what is kept, and that the store agrees', async () => {
    const { admin } = scene.system.database;
    const dueAt = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await admin.query(
      "update incidents set state = 'closed', closed_at = now(), verdict = 'paid', purge_after = $2 where id = $1",
      [open.incidentId, dueAt],
    );
    const { page } = await openPage();
    await signInAs(page, scene.system.baseUrl, 'Compliance');
    await page.goto(`${scene.system.baseUrl}/manage/retention`);
    await page
      .getByRole('button', { name: /1 incident/ })
      .first()
      .click();
    const row = page.getByRole('row').filter({ hasText: open.code });
    await row.getByText('nothing', { exact: true }).waitFor();
    await expectAccessible(page, 'the retention calendar');
    await scene.system.api('compliance', 'POST', `/v1/incidents/${open.incidentId}/holds`, { reason: 'a letter' });
    await page.reload();
    await page.getByRole('button', { name: /^Legal hold: 1 incident/ }).click();
    await row.getByText('Legal hold', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Compare now' }).click();
    await page.getByText('Waiting for a worker to be free.').waitFor();
    const { database, objects } = scene.system;
    const reconcile = { db: database.db, now: () => new Date().toISOString(), store: objects.retention };
    const signer = openSigner(generateSigningKeyPem());
    await reconcileDue({
      ...reconcile,
      signer,
      onError: (error) => scene.system.errors.push({ error, about: 'reconcile' }),
    });
    await page
      .getByTestId('reconciliation-state')
      .getByText(/everything (agrees|that was wrong was put right)/)
      .waitFor();
    await expectAccessible(page, 'store against record');
    await page.getByRole('link', { name: open.code }).click();
    await page.getByRole('button', { name: 'Legal holds' }).click();
    await page.getByText('a letter').first().waitFor();
    await expectAccessible(page, 'the legal holds');
    await admin.query(
      "update holds set released_at = now(), released_by = 'x' where incident_id = $1 and released_at is null",
      [open.incidentId],
    );
    await admin.query(
      "update incidents set state = 'alerting', closed_at = null, verdict = null, purge_after = null where id = $1",
      [open.incidentId],
    );
  });
});

describe('every page is usable by everybody', () => {
  it.each(walks)('$walk', async ({ walk, options, ...looks }) => {
    // What only a phone shows, the frame around every page, is met here: by every rule.
    const see = walk === 'at phone width' ? expectAccessible : looks.see;
    const watched = await openPage(options);
    const { page } = watched;
    const { baseUrl } = scene.system;
    const go = async (path: string, ready: string) => {
      await page.goto(`${baseUrl}${path}`);
      await page.getByText(ready).first().waitFor();
      await see(page, path);
    };
    watched.expects(401, '/v1/session');
    await page.goto(baseUrl);
    await page.getByText('Continue as SOC operator').waitFor();
    await see(page, '/sign-in');
    await page.getByRole('button', { name: 'Continue as Admin' }).click();
    await page.locator(`[data-incident="${open.incidentId}"]`).waitFor();
    await see(page, '/');

    await go(`/incidents/${open.incidentId}`, 'The clip is ready and verified.');
    for (const tab of ['Why', 'Evidence', 'Custody']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel', { name: tab }).locator('table, h3').first().waitFor();
      await see(page, tab);
    }
    await page.keyboard.press('5');
    await page.getByTestId('verdict-confirm').waitFor();
    await see(page, 'an armed verdict');
    await page.keyboard.press('Escape');
    await go('/?tab=closed', 'Nothing closed yet');
    await go('/estate', 'High Street');
    await go('/phones', 'please check SCO 3');
    await go('/audit', 'This is the first row.');
    await go('/no/such/page', 'There is no such page');
  });
});
