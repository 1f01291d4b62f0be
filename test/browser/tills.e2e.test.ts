import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { launchBrowser, signInAs, type TestBrowser, type WatchedPage, walks } from './browser.ts';
import { openScene, type Scene } from './scene.ts';
import { dayBefore, plantRunningImport, plantTills, sendDayFile, yesterday } from './tills-day.ts';

type Schemas = components['schemas'];

const engines = inject('engines');
let scene: Scene;
let browser: TestBrowser;
let seenIncident: string;
const pages: WatchedPage[] = [];

beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(engines), launchBrowser(engines.chromiumPath)]);
  await plantTills(scene.system);
  seenIncident = (await scene.missedScan()).incidentId;
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

const openAs = async (label: string, options?: Parameters<TestBrowser['open']>[0]) => {
  const watched = await browser.open(options);
  pages.push(watched);
  await signInAs(watched.page, scene.system.baseUrl, label);
  return watched;
};
const go = async (page: Page, path: string, heading: string) => {
  await page.goto(`${scene.system.baseUrl}${path}`);
  await page.getByRole('heading', { name: heading, exact: true, level: 1 }).waitFor();
};
const focusedFinding = (page: Page) => page.evaluate<string | null>('document.activeElement.dataset.finding ?? null');
const read = <Body>(role: 'soc_lead' | 'compliance', path: string) =>
  scene.system.api<Body>(role, 'GET', path).then(({ body }) => body);
const ofRule = (page: Page, rule: string) => page.locator(`section[data-rule="${rule}"]`);

describe('exceptions', () => {
  it('looks through yesterday, draws it, and lists what stands out by rule', async () => {
    const { page } = await openAs('Store manager');
    await page.getByRole('link', { name: 'Tills', exact: true }).click();
    await page.getByRole('heading', { name: 'Exceptions', exact: true, level: 1 }).waitFor();
    const strip = page.getByTestId('rate-strip');
    await strip.getByText('0 exceptions in 400 receipts, 5 days looked through').waitFor();
    const bar = strip.locator(`[data-day="${yesterday()}"]`);
    await bar.click();
    await page.getByText('Not looked through yet').waitFor();
    await page.keyboard.press('y');
    await page
      .getByTestId('analysis-result')
      .getByText(/2 tills, 105 receipts, \d+ exceptions\./)
      .waitFor();
    expect(await bar.getAttribute('title')).toMatch(/in 105 receipts, \d+\.\d for each 1,000 \(.*3 × Taken back after/);
    const late = ofRule(page, 'void_after_tender');
    await late.getByText('the customer paid the sum, and the till kept less').waitFor();
    expect(await late.locator('[data-finding]').count()).toBe(3);
    await late.getByText('27.00 in all').waitFor();
    expect(await late.locator('[data-finding]').first().textContent()).toMatch(/cashier op_[0-9a-f]{12}.*9\.00/);
    // The day is the address's, so that it can be sent to somebody.
    expect(page.url()).toContain(`day=${yesterday()}`);
    await page.getByRole('button', { name: 'Look through it again' }).click();
    await page
      .getByTestId('analysis-result')
      .getByText(/2 tills, 105 receipts/)
      .waitFor();
    expect(await late.locator('[data-finding]').count()).toBe(3);
    await bar.click();
    await expect.poll(() => page.url()).not.toContain('day=');
    await strip.locator(`[data-day="${dayBefore(yesterday(), 2)}"]`).click();
    await page.getByText('Nothing to look at').waitFor();
  });

  it('is walked by keyboard to a receipt, which says what was done and where', async () => {
    const { page } = await openAs('Store manager');
    await go(page, '/tills', 'Exceptions');
    const rows = page.locator('[data-finding]');
    await rows.first().waitFor();
    const ids = await rows.evaluateAll<string[], { dataset: { finding: string } }>((all) =>
      all.map(({ dataset }) => dataset.finding),
    );
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await focusedFinding(page)).toBe(ids[1]);
    await page.keyboard.press('k');
    expect(await focusedFinding(page)).toBe(ids[0]);
    await ofRule(page, 'void_after_tender').locator('[data-finding]').first().focus();
    const opened = await focusedFinding(page);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Receipt V-\d$/ }).waitFor();
    const roll = page.getByTestId('roll');
    expect(await roll.locator('[data-line="2"] del').textContent()).toBe('Red wine');
    await roll
      .locator('[data-line="2"]')
      .getByText(/taken back after the payment had begun: £9\.00 .*line 4, reason 07/)
      .waitFor();
    await roll.locator('[data-line="4"][data-flagged]').getByText('Taken back after payment').waitFor();
    expect(await roll.locator('[data-flagged]').count()).toBe(1);
    await page.getByTestId('finding').getByText('1 line worth 9.00 taken back after the payment had begun.').waitFor();
    await page.getByText('No camera looks at this till').waitFor();
    await page.keyboard.press('Escape');
    await rows.first().waitFor();
    expect(await focusedFinding(page)).toBe(opened);
    await ofRule(page, 'price_override').locator('[data-finding]').first().click();
    await roll
      .locator('[data-line="1"]')
      .getByText(/price lowered by hand by £12\.00 .*reason 12/)
      .waitFor();
  });

  it('is dismissed with a reason, and stays on record', async () => {
    const { page } = await openAs('SOC operator');
    await go(page, '/tills/receipts/high-street/lane-1/V-1', 'Receipt V-1');
    // Who it is is not for everybody.
    await page.getByTestId('cashier').waitFor();
    expect(await page.getByRole('button', { name: 'Who is this?' }).count()).toBe(0);
    await page.keyboard.press('d');
    const form = page.getByTestId('dismiss');
    expect(await form.getByRole('button', { name: 'It is nothing' }).isDisabled()).toBe(true);
    await form.getByLabel('Why it is nothing').fill('The bottle broke at the till.');
    await form.getByRole('button', { name: 'It is nothing' }).click();
    await page.getByTestId('dismissed').getByText('“The bottle broke at the till.”').waitFor();
    await page.getByTestId('roll').locator('[data-flagged]').waitFor({ state: 'detached' });
    // Opened from nowhere, the way back is the list all the same.
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Exceptions', exact: true, level: 1 }).waitFor();
    await expect.poll(() => ofRule(page, 'void_after_tender').locator('[data-finding]').count()).toBe(2);
    await page.getByText('Dismissed', { exact: true }).click();
    await expect.poll(() => page.locator('[data-finding]').count()).toBe(1);
    const { items } = await read<Schemas['PosExceptionPage']>('soc_lead', '/v1/pos/exceptions?state=dismissed');
    expect(items).toMatchObject([{ transactionId: 'V-1', dismissedReason: 'The bottle broke at the till.' }]);
  });

  it('tells who a cashier is to those who may know, and records that they asked', async () => {
    const { page } = await openAs('Store manager');
    await go(page, '/tills/receipts/high-street/lane-1/V-2', 'Receipt V-2');
    await page.getByRole('button', { name: 'Who is this?' }).click();
    const form = page.getByTestId('reveal');
    await form.getByText('go to the audit log').waitFor();
    expect(await form.getByRole('button', { name: 'Ask and record it' }).isDisabled()).toBe(true);
    await form.getByLabel('Why you need to know').fill('To ask about the three bottles.');
    await form.getByRole('button', { name: 'Ask and record it' }).click();
    expect(await page.getByTestId('revealed').textContent()).toBe('4711');
    const { items } = await read<{ items: Schemas['AuditEntry'][] }>('compliance', '/v1/audit?limit=20');
    const asked = items.filter(({ action }) => action === 'operator.revealed');
    expect(asked).toMatchObject([{ details: { reason: 'To ask about the three bottles.' } }]);
    await page.reload();
    await page.getByTestId('cashier').waitFor();
    expect(await page.getByText('4711').count()).toBe(0);
  });

  it('tells of a whole day in a dialog that leads to its receipts', async () => {
    const { page } = await openAs('SOC lead');
    await go(page, '/tills/exceptions', 'Exceptions');
    await ofRule(page, 'line_void_rate').locator('[data-finding]').click();
    const dialog = page.getByRole('dialog', { name: 'Many lines taken back' });
    await dialog.getByText(/13 on this day; .* would be usual/).waitFor();
    await dialog.getByRole('link', { name: 'L-3' }).click();
    await page.getByRole('heading', { name: 'Receipt L-3' }).waitFor();
    await page.getByTestId('finding').getByRole('link', { name: 'L-4' }).waitFor();
  });

  it('leads from a receipt to the incident of that moment', async () => {
    const { page } = await openAs('SOC operator');
    await go(page, '/tills/receipts/high-street/sco-3/receipt-1', 'Receipt receipt-1');
    await page.getByText('Nothing stands out in this receipt.').waitFor();
    await page
      .getByTestId('seen')
      .getByRole('link', { name: /Incident/ })
      .click();
    await page.waitForURL(`**/incidents/${seenIncident}`);
  });
});

describe('day files', () => {
  it('shows what came of a file, and what was put aside to those who may see it', async () => {
    const sent = await sendDayFile(scene.system);
    const admin = await openAs('Admin');
    await go(admin.page, '/tills/day-files', 'Day files');
    const file = admin.page.locator(`[data-file="${sent.id}"]`);
    await file.getByText('Done').waitFor();
    await file.getByRole('button', { name: 'Show what was put aside' }).click();
    const aside = admin.page.getByTestId('quarantine');
    const lines = aside.getByRole('listitem');
    await lines.first().waitFor();
    expect(await lines.count()).toBe(3);
    expect(await lines.first().textContent()).toMatch(/^Line 4.*Till not known here\..*lane-9,F-2,1,S/);
    await aside.getByText('That you look at the lines themselves is recorded.').waitFor();
    const manager = await openAs('Store manager');
    await go(manager.page, `/tills/day-files?file=${sent.id}`, 'Day files');
    await manager.page.getByText('only administrators see them').waitFor();
    await manager.page.getByText('Till not known here.').waitFor();
    expect(await manager.page.getByText('lane-9,F-2').count()).toBe(0);
  });

  it('follows a file while it comes in', async () => {
    await plantRunningImport(scene.system);
    const { page } = await openAs('Store manager');
    await go(page, '/tills/day-files', 'Day files');
    const file = page.locator('[data-file^="imp_0000000000"]');
    await file.getByText('1,204,000 lines read · 262.1 MB of 524.3 MB').waitFor();
    await file.getByRole('progressbar', { name: 'week.xml: 50 %' }).waitFor();
    await scene.system.database.admin.query(
      "update pos_imports set state = 'done', accepted = 2408000, bytes_read = bytes_total, finished_at = now() where file_name = 'week.xml'",
    );
    await file.getByText('2,408,000').waitFor();
  });
});

describe('asking the till', () => {
  it('says of a moment what the till would say, and why each line counts or does not', async () => {
    const { page } = await openAs('SOC operator');
    await go(page, '/tills/ask', 'Ask the till');
    await page.getByText('Which till, and when?').waitFor();
    const till = page.getByRole('combobox', { name: 'Till' });
    await expect.poll(() => till.inputValue()).toBe('lane-1');
    const at = new Date(`${yesterday()}T14:00:00Z`);
    const local = at.toLocaleString('sv-SE', { timeZone: 'Europe/London' }).replace(' ', 'T');
    await page.getByLabel('Moment, by the clock of High Street').fill(local);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    const answer = page.getByTestId('answer');
    await answer.getByRole('heading', { name: 'Receipt found' }).waitFor();
    const considered = page.getByTestId('considered');
    await considered.locator('[data-outcome="matched"]').getByText('It is the line for this item.').waitFor();
    await considered.locator('[data-outcome="taken_back"]').getByText('Red wine').waitFor();
    const link = considered.getByRole('link', { name: 'V-0/2' });
    await link.click();
    await page.getByRole('heading', { name: 'Receipt V-0' }).waitFor();
  });

  it('says that a till is unknown', async () => {
    const watched = await openAs('SOC operator');
    watched.expects(404, '/v1/pos/what-if');
    await go(watched.page, '/tills/ask?till=lane-77&at=2026-11-20T10:00:00.000Z', 'Ask the till');
    await watched.page
      .getByRole('alert')
      .getByText(/lane-77/)
      .waitFor();
  });
});

describe('a role that may not', () => {
  it('is offered nothing', async () => {
    const watched = await browser.open();
    pages.push(watched);
    const { page } = watched;
    await page.goto(`${scene.system.baseUrl}/sign-in`);
    await page.getByLabel('API key').fill(scene.system.database.keys.store_staff);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Queue' }).waitFor();
    expect(await page.getByRole('link', { name: 'Tills', exact: true }).count()).toBe(0);
    await go(page, '/tills', 'Tills');
    await page.getByText('Your role does not include this').waitFor();
  });
});

describe('every page of the tills is usable by everybody', () => {
  it.each(walks)('$walk', async ({ options, see: expectSeen }) => {
    const { page } = await openAs('Admin', options);
    const see = (name: string) => expectSeen(page, name);
    await go(page, '/tills/exceptions', 'Exceptions');
    await page.locator('[data-finding]').first().waitFor();
    await see('exceptions');
    await ofRule(page, 'line_void_rate').locator('[data-finding]').click();
    await page.getByRole('dialog').getByText('would be usual').waitFor();
    await see('whole-day');
    await go(page, '/tills/receipts/high-street/lane-1/V-2', 'Receipt V-2');
    await page.getByTestId('finding').waitFor();
    await page.getByRole('button', { name: 'It is nothing' }).click();
    await page.getByTestId('dismiss').waitFor();
    await see('receipt');
    await go(page, '/tills/receipts/high-street/lane-1/O-1', 'Receipt O-1');
    await page.getByTestId('finding').waitFor();
    await see('overridden');
    await go(page, '/tills/receipts/high-street/sco-3/receipt-1', 'Receipt receipt-1');
    await page.getByTestId('seen').getByRole('link').waitFor();
    await see('with-incident');
    await go(page, '/tills/day-files', 'Day files');
    await page.getByRole('button', { name: 'Show what was put aside' }).click();
    await page.getByTestId('quarantine').getByText('lane-9').first().waitFor();
    await see('day-files');
    await go(page, `/tills/ask?till=lane-1&at=${yesterday()}T14:00:00.000Z`, 'Ask the till');
    await page.getByTestId('considered').waitFor();
    await see('ask');
  });
});
