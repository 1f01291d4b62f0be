import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { startPolicePortal } from '../../stack/recipients/police-portal.ts';
import { eventually } from '../harness/system.ts';
import { confirmedIncident, readyPacket } from '../integration/sharing-support.ts';
import { expectAccessible, launchBrowser, signInAs, type TestBrowser, type WatchedPage, walks } from './browser.ts';
import { openScene, type Scene } from './scene.ts';

type Schemas = components['schemas'];

const engines = inject('engines');
let scene: Scene;
let browser: TestBrowser;
const pages: WatchedPage[] = [];

beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(engines), launchBrowser(engines.chromiumPath)]);
  for (const _ of [1, 2]) await scene.missedScan();
  const told = async () =>
    (await scene.system.api<Schemas['IncidentPage']>('soc_operator', 'GET', '/v1/incidents')).body.items.every(
      ({ waitingFor }) => waitingFor !== null,
    );
  await eventually(told, 20_000);
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

/** What is asked of the page's own element. */
interface TextArea {
  value: string;
  selectionStart: number;
  selectionEnd: number;
}

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

describe('policies', () => {
  it('shows a typo at its line, and a list that leads there', async () => {
    const { page } = await openAs('SOC lead');
    await page.getByRole('link', { name: 'Manage', exact: true }).click();
    await page.getByRole('navigation', { name: 'Manage' }).getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('button', { name: 'New policy' }).click();
    await page.getByLabel('Name').fill('night');
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByRole('heading', { name: 'night' }).waitFor();
    const document = page.getByRole('textbox', { name: 'Document of night' });
    await document.fill('id: night\noperatingModel: checkout_validation\n\nclaim: 2m\nescalatoin: []\n');
    const problems = page.getByTestId('policy-problems');
    await problems.getByText('did you mean escalation?').waitFor();
    expect(await problems.getByRole('listitem').count()).toBe(1);
    expect(await page.locator('[data-number="5"]').getAttribute('data-wrong')).toBe('true');
    expect(await page.getByRole('button', { name: 'Save the draft' }).isDisabled()).toBe(true);
    await problems.getByRole('button', { name: /Line 5/ }).click();
    const selected = await document.evaluate<string, TextArea>(({ value, selectionStart, selectionEnd }) =>
      value.slice(selectionStart, selectionEnd),
    );
    expect(selected).toBe('escalatoin: []');
    await document.fill('id: night\noperatingModel: checkout_validation\n\nclaim: 2m\n');
    await page.getByText('Nothing is wrong with this document.').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByRole('button', { name: 'Saved' }).waitFor();
    const { body } = await scene.system.api<Schemas['PolicyDetail']>('soc_lead', 'GET', '/v1/policies/night');
    expect(body.draft).toMatchObject({ version: 1, state: 'draft', source: expect.stringContaining('claim: 2m') });
  });

  it('goes from draft over review to active, with two people', async () => {
    const lead = await openAs('SOC lead');
    await go(lead.page, '/manage/policies/night', 'night');
    await lead.page.getByRole('button', { name: 'Hand over for review' }).click();
    await lead.page.getByText('You wrote this version').waitFor();
    lead.expects(403, '/v1/policies/night/activate');
    await lead.page.getByRole('button', { name: 'Activate version 1' }).click();
    await lead.page.getByRole('alert').getByText('somebody else has to review and activate it').waitFor();

    const { page } = await openAs('Compliance');
    await go(page, '/manage/policies', 'Policies');
    const row = page.locator('[data-policy="night"]');
    await row.getByText('Version 1: in review').waitFor();
    await row.getByRole('link', { name: 'night' }).click();
    await page.getByRole('button', { name: 'Activate version 1' }).click();
    await page.getByText('Version 1 active').waitFor();
    await page.getByRole('link', { name: 'Policies' }).last().click();
    await row.getByText('Version 1 active').waitFor();
    expect(await row.getByText('in review').count()).toBe(0);
  });

  it('simulates what a draft would have changed, and changes nothing', async () => {
    const { page } = await openAs('SOC lead');
    await go(page, '/manage/policies/default', 'default');
    await page
      .getByRole('textbox', { name: 'Document of default' })
      .fill('id: default\noperatingModel: detection_only\n');
    await page.getByText('Nothing is wrong with this document.').waitFor();
    await page.getByRole('tab', { name: 'Changes' }).click();
    await page.getByTestId('policy-diff').getByText('operatingModel: detection_only').waitFor();
    await page.getByRole('tab', { name: 'Simulation' }).click();
    await page.getByText('nothing is sent, nothing changes').waitFor();
    await page.getByRole('button', { name: 'Simulate' }).click();
    const result = page.getByTestId('simulation-result');
    await result.getByText('2 incidents of 2 would have gone otherwise.').waitFor();
    const heldBack = result.getByRole('row', { name: /Held back/ }).getByRole('cell');
    expect((await heldBack.allTextContents()).slice(-3).map((cell) => cell.trim())).toEqual(['0', '2 +2', '0']);
    const changes = page.getByTestId('simulation-changes');
    await changes.getByText('Nobody is told any more').first().waitFor();
    await changes.getByText('This store only records: its policy pages nobody.').first().waitFor();
    const { body } = await scene.system.api<Schemas['PolicyDetail']>('soc_lead', 'GET', '/v1/policies/default');
    expect(body.draft).toBeNull();
    // What was typed is not lost by a slip.
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Queue' }).click();
    await page.getByRole('heading', { name: 'Queue' }).waitFor();
  });

  it('gives a store another policy, and takes it back', async () => {
    const { page } = await openAs('SOC lead');
    await go(page, '/manage/policies', 'Policies');
    const store = page.locator('[data-store="high-street"]');
    await store.getByText('runs default').waitFor();
    await store.getByLabel('Policy of High Street').click();
    await page.getByRole('option', { name: 'night' }).click();
    await store.getByText('runs night, version 1').waitFor();
    await page.locator('[data-policy="night"]').getByText('High Street').waitFor();
    await store.getByLabel('Policy of High Street').click();
    await page.getByRole('option', { name: 'default', exact: true }).click();
    await store.getByText('runs default').waitFor();
  });
});

// Far ahead, since the past of the roster is closed and these tests are to hold for long.
describe('the roster', () => {
  it('shows who is on shift and adds, changes and takes out a shift', async () => {
    const { page } = await openAs('Store manager');
    await go(page, '/manage/roster', 'Roster');
    await page.getByTestId('on-shift-now').getByText('Sam (floor), store staff').waitFor();
    const week = page.getByTestId('week');
    await week.locator('[data-person="sam"]').getByText('all the time').waitFor();
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog', { name: 'Add a shift' });
    await dialog.getByLabel('Person').click();
    await page.getByRole('option', { name: /Sam/ }).click();
    // The night in which the clocks go back.
    await dialog.getByLabel('Starts').fill('2083-10-30T22:00');
    await dialog.getByLabel('Ends').fill('2083-10-31T06:00');
    await dialog.getByText('9 h long.').waitFor();
    await dialog.getByRole('button', { name: 'Add the shift' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await go(page, '/manage/roster?day=2083-10-30', 'Roster');
    await page.getByTestId('clock-change').getByText('Sun 31 Oct: that day has 25 hours').waitFor();
    const bar = week.getByRole('button', { name: /Sam.*Sat 30 Oct 22:00 to Sun 31 Oct 06:00, 9 h/ });
    await bar.click();
    const change = page.getByRole('dialog', { name: 'Change a shift' });
    await change.getByLabel('Ends').fill('2083-10-31T04:00');
    await change.getByRole('button', { name: 'Save' }).click();
    await change.waitFor({ state: 'hidden' });
    await week.getByRole('button', { name: /to Sun 31 Oct 04:00, 7 h/ }).click();
    await change.getByRole('button', { name: 'Take it out' }).click();
    await change.waitFor({ state: 'hidden' });
    await week.locator('[data-shift^="shf_"]').waitFor({ state: 'detached' });
  });

  it('masks numbers in the list and says at the field what the server refuses', async () => {
    const watched = await openAs('Store manager');
    const { page } = watched;
    await go(page, '/manage/roster?view=people', 'Roster');
    const sam = page.locator('[data-person="sam"]');
    await sam.getByText('•••• 101').waitFor();
    expect(await page.getByText('7700900101').count()).toBe(0);
    await sam.getByRole('button', { name: 'Change Sam (floor)' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change Sam (floor)' });
    expect(await dialog.getByLabel('Phone').inputValue()).toContain('900101');
    await dialog.getByLabel('Phone').fill('07700 900101');
    watched.expects(400, '/v1/people/sam');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.locator('.mantine-TextInput-error').waitFor();
    expect(await dialog.getByLabel('Phone').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Phone').fill('+44 7700 900101');
    await dialog.getByLabel('Quiet from').fill('22:00');
    await dialog.getByLabel('Quiet to').fill('06:30');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await sam.getByText('Quiet 22:00–06:30').waitFor();
  });

  it('checks a file first, names the wrong line, and then imports it', async () => {
    const { page } = await openAs('Store manager');
    await go(page, '/manage/roster?day=2083-03-01', 'Roster');
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import shifts' });
    const lines = (third: string) =>
      `store,person,starts,ends\nhigh-street,sam,2083-03-01 06:00,2083-03-01 14:00\n${third}\n`;
    await dialog.locator('input[type="file"]').setInputFiles({
      name: 'High Street Rota.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(lines('high-street,nobody-here,2083-03-02 06:00,2083-03-02 14:00')),
    });
    await expect.poll(() => dialog.getByLabel('Source').inputValue()).toBe('high-street-rota');
    await dialog.getByRole('button', { name: 'Check first' }).click();
    const findings = page.getByTestId('import-findings');
    await findings.getByText('One line is wrong').waitFor();
    await findings.getByText('Line 3').waitFor();
    expect(await dialog.getByRole('button', { name: 'Import', exact: true }).count()).toBe(0);
    await dialog.getByLabel('Content').fill(lines('high-street,alex,2083-03-02 06:00,2083-03-02 14:00'));
    await dialog.getByRole('button', { name: 'Check first' }).click();
    await findings.getByText('Shifts: 2 new.').waitFor();
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await findings.getByText('Imported.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page
      .getByTestId('week')
      .getByRole('button', { name: /Alex.*Tue 2 Mar 06:00/ })
      .waitFor();
  });

  it('marks the hours in which nobody of a role is on shift, and holidays', async () => {
    await scene.system.database.admin.query(
      "update shifts set ends_at = '2083-05-05T10:00:00Z' where id = 'high-street-alex'",
    );
    const { page } = await openAs('Admin');
    await go(page, '/manage/roster?view=holidays', 'Roster');
    await page.getByLabel('Date').fill('2083-05-03');
    await page.getByLabel('Name').fill('Early May bank holiday');
    await page.getByRole('button', { name: 'Declare' }).click();
    await page.getByTestId('holidays').getByText('Early May bank holiday').waitFor();
    await go(page, '/manage/roster?day=2083-05-03', 'Roster');
    const week = page.getByTestId('week');
    await week.getByText('Early May bank holiday').waitFor();
    await week
      .locator('[data-gap="store_manager"]')
      .getByText('No store manager from Wed 5 May 11:00 to Mon 10 May 00:00')
      .waitFor();
    expect(await week.locator('[data-gap="store_staff"]').count()).toBe(0);
  });
});

describe('webhooks and usage', () => {
  it('shows a secret once, sends a test, and makes a failure hard to overlook', async () => {
    const { page } = await openAs('Admin');
    await go(page, '/manage/webhooks', 'Webhooks');
    await page.getByRole('button', { name: 'New webhook' }).click();
    const dialog = page.getByRole('dialog', { name: 'New webhook' });
    await dialog.getByLabel('Address').fill('https://example.com/floorwalker');
    await dialog.getByLabel('What it is').fill('Case file');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const secret = (await page.getByTestId('webhook-secret').textContent()) ?? '';
    expect(secret.length).toBeGreaterThan(20);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('link', { name: 'Case file' }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByTestId('deliveries').getByText('ping').waitFor();
    expect(await page.getByText(secret).count()).toBe(0);
    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('button', { name: 'Make it' }).click();
    expect(await page.getByTestId('webhook-secret').textContent()).not.toBe(secret);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText('Old secret').waitFor();
    await scene.system.database.admin.query("update webhook_deliveries set state = 'dead' where type = 'ping'");
    await page.reload();
    await page.getByTestId('dead-letters').getByText('1 dead letter').waitFor();
    await page.getByText('Dead letters (1)').click();
    await page.locator('[data-state="dead"]').getByRole('button', { name: 'Send again' }).click();
    await page.getByText('No dead letters').waitFor();
  });

  it('never counts a message without a price as free', async () => {
    const { page } = await openAs('Admin');
    await go(page, '/manage/usage', 'Usage');
    const table = page.getByTestId('usage');
    await table
      .getByRole('row', { name: /High Street/ })
      .getByText('no price set')
      .waitFor();
    await page.getByRole('button', { name: 'Change the prices' }).click();
    await page.getByLabel('Numbers that begin with').fill('+44');
    await page.getByLabel('Price', { exact: true }).fill('0.0405');
    await page.getByLabel('From').fill('2020-01-01');
    await page.getByRole('button', { name: 'Save all prices' }).click();
    await page.getByTestId('prices').getByText('£0.0405').waitFor();
    await table
      .getByRole('row', { name: /High Street/ })
      .getByText(/£0\.\d/)
      .waitFor();
    const { body } = await scene.system.api<Schemas['PriceList']>('admin', 'GET', '/v1/usage/prices');
    expect(body.items).toEqual([
      { channel: 'sms', prefix: '+44', priceMicro: 40_500, currency: 'GBP', validFrom: '2020-01-01T00:00:00.000Z' },
    ]);
  });
});

describe('sharing', () => {
  it('names a police portal, shares a packet with it once somebody else agrees too, and takes it back', async () => {
    const { system } = scene;
    const portal = await startPolicePortal({ credential: '' });
    try {
      const incidentId = await confirmedIncident(system);
      await readyPacket(system, incidentId, 'police');
      const { page } = await openAs('Compliance');
      await page.goto(`${system.baseUrl}/manage/recipients`);
      await page.getByRole('button', { name: 'New recipient' }).click();
      await page.getByLabel('Name').fill('North Police');
      await page.getByLabel('Address').fill(portal.url);
      await expectAccessible(page, 'a new recipient');
      await page.keyboard.press('Enter');
      portal.credential = (await page.getByTestId('recipient-credential').textContent()) ?? '';
      await expectAccessible(page, 'its credential');
      await page.keyboard.press('Enter');
      await page.getByTestId('recipients').getByText('North Police').waitFor();

      await page.goto(`${system.baseUrl}/incidents/${incidentId}`);
      await page.getByRole('tab', { name: 'Sharing' }).click();
      await page.getByText('The evidence scores').click();
      await page.getByText('The custody log holds').waitFor();
      await page.getByRole('button', { name: 'Share a packet' }).click();
      await page.getByText('2 different people have to agree.').waitFor();
      await expectAccessible(page, 'sharing a packet');
      await page.getByRole('button', { name: 'Ask for approval' }).press('Enter');
      const share = page.getByRole('list', { name: 'Shared' }).getByRole('listitem');
      await share.getByText('Waits for approval').waitFor();
      await share.getByRole('button', { name: 'Approve' }).press('Enter');
      await share.getByText(/^1 of 2 agreed/).waitFor();
      expect(await share.getByRole('button', { name: 'Approve' }).count()).toBe(0);
      const shareId = (await share.getAttribute('data-share')) ?? '';
      await system.api('soc_lead', 'POST', `/v1/shares/${shareId}/approvals`, { decision: 'approved' });
      await share.getByTestId('share-state').getByText('Delivered').waitFor();
      expect(portal.cases()).toHaveLength(1);

      await share.getByRole('button', { name: 'Withdraw' }).press('Enter');
      await page.getByLabel('Why it is withdrawn').selectOption('wrong_recipient');
      await expectAccessible(page, 'withdrawing');
      await page.getByRole('button', { name: 'Withdraw it' }).press('Enter');
      await share.getByText('The recipient was told, with our signature.').waitFor();
      expect(portal.notices()).toHaveLength(1);
      await expectAccessible(page, 'a share that was withdrawn');
    } finally {
      await portal.stop();
    }
  });
});

describe('what a role may not manage', () => {
  it('offers nothing to operators, and only the roster to managers', async () => {
    const { page } = await openAs('SOC operator');
    expect(await page.getByRole('link', { name: 'Manage', exact: true }).count()).toBe(0);
    await go(page, '/manage/policies', 'Policies');
    await page.getByText('Your role does not include this').waitFor();
    const manager = await openAs('Store manager');
    await manager.page.getByRole('link', { name: 'Manage', exact: true }).click();
    await manager.page.getByRole('heading', { name: 'Roster' }).waitFor();
    expect(await manager.page.getByRole('navigation', { name: 'Manage' }).count()).toBe(0);
    await go(manager.page, '/manage/webhooks', 'Webhooks');
    await manager.page.getByText('Your role does not include this').waitFor();
  });
});

describe('every page is usable by everybody', () => {
  it.each(walks)('$walk', async ({ options, see: expectSeen }) => {
    const { page } = await openAs('Admin', options);
    const see = (name: string) => expectSeen(page, name);
    await go(page, '/manage/policies', 'Policies');
    await page.getByText('runs default').waitFor();
    await see('policies');
    await page.getByRole('button', { name: 'Risk group' }).click();
    await page.getByRole('dialog').getByLabel('Id').waitFor();
    await see('risk-group');
    await page.keyboard.press('Escape');
    await go(page, '/manage/policies/default', 'default');
    const document = page.getByRole('textbox', { name: 'Document of default' });
    await document.fill(`${await document.inputValue()}\nnoize: {}\n`);
    await page.getByTestId('policy-problems').waitFor();
    await see('policy');
    await document.fill('id: default\noperatingModel: detection_only\n');
    await page.getByText('Nothing is wrong').waitFor();
    await page.getByRole('tab', { name: 'Changes' }).click();
    await page.getByTestId('policy-diff').waitFor();
    await see('diff');
    await page.getByRole('tab', { name: 'Simulation' }).click();
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByTestId('simulation-changes').waitFor();
    await see('simulation');
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByTestId('policy-versions').waitFor();
    await see('versions');
    await page.getByRole('button', { name: 'Discard what you typed' }).click();

    await go(page, '/manage/recipients', 'Recipients');
    await page.getByTestId('recipients').getByText('North Police').waitFor();
    await see('recipients');
    await go(page, '/manage/roster?day=2083-05-03', 'Roster');
    await page.getByTestId('week').getByText('all the time').first().waitFor();
    await see('week');
    await page.getByRole('button', { name: 'Add a shift' }).click();
    await page.getByRole('dialog').getByTestId('shift-length').waitFor();
    await see('shift');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByRole('dialog').getByLabel('Content').fill('store,person\n');
    await page.getByRole('dialog').getByLabel('Source').fill('a-file');
    await page.getByRole('button', { name: 'Check first' }).click();
    await page.getByTestId('import-findings').waitFor();
    await see('import');
    await go(page, '/manage/roster?view=people', 'Roster');
    await page.getByRole('button', { name: 'Change Sam (floor)' }).waitFor();
    await see('people');
    await page.getByRole('button', { name: 'Change Sam (floor)' }).click();
    await page.getByRole('dialog').getByLabel('Phone').waitFor();
    await see('person');
    await go(page, '/manage/roster?view=holidays', 'Roster');
    await page.getByTestId('holidays').waitFor();
    await see('holidays');

    await go(page, '/manage/webhooks', 'Webhooks');
    await page.getByTestId('webhooks').getByRole('link').first().click();
    await page.getByTestId('deliveries').waitFor();
    await see('webhook');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Address').waitFor();
    await see('webhook-dialog');
    await go(page, '/manage/webhooks', 'Webhooks');
    await page.getByTestId('webhooks').waitFor();
    await see('webhooks');
    await go(page, '/manage/usage', 'Usage');
    await page.getByTestId('usage').getByText('High Street').waitFor();
    await page.getByTestId('prices').waitFor();
    await see('usage');
    await page.getByRole('button', { name: 'Change the prices' }).click();
    await page.getByRole('button', { name: 'Save all prices' }).waitFor();
    await see('prices');
  });
});
