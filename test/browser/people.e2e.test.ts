import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { demoPhones } from '../../stack/estate.ts';
import { eventually } from '../harness/system.ts';
import { launchBrowser, signInAs, type TestBrowser, type WatchedPage } from './browser.ts';
import { peoplePolicy } from './people-policy.ts';
import { openScene, type Scene } from './scene.ts';

const engines = inject('engines');
let scene: Scene;
let browser: TestBrowser;
const pages: WatchedPage[] = [];

beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(engines, peoplePolicy), launchBrowser(engines.chromiumPath)]);
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

const openAs = async (label: string) => {
  const watched = await browser.open();
  pages.push(watched);
  await signInAs(watched.page, scene.system.baseUrl, label);
  return watched;
};
const at = (incidentId: string) => `${scene.system.baseUrl}/incidents/${incidentId}`;
const alerted = (incidentId: string) =>
  eventually(async () => (await scene.read(incidentId)).notifications.some(({ state }) => state === 'delivered'));
const decide = (incidentId: string, role: 'soc_operator' | 'soc_lead', verdict: string) =>
  scene.system.api(role, 'POST', `/v1/incidents/${incidentId}/verdict`, { verdict });
const closed = (incidentId: string) => eventually(async () => (await scene.read(incidentId)).state === 'closed');

describe('the queue', () => {
  it('lists what is held back, and says in words why nobody is paged', async () => {
    const { incidentId } = await scene.seen('loitering');
    await eventually(async () => (await scene.read(incidentId)).suppression !== null);
    const { page } = await openAs('SOC operator');
    await page.getByRole('tab', { name: 'Held back' }).click();
    const row = page.locator(`[data-incident="${incidentId}"]`);
    await row.getByText('Nobody is paged.').waitFor();
    expect(await row.getByTestId('held-back').textContent()).toContain(
      'Seen once within 10 min; people are paged from 3 times on.',
    );
    await row.click();
    await page.getByTestId('held-back').getByText('Seen once within 10 min').waitFor();
    await page.getByText('Nobody has been told: this is held back.').waitFor();
  });

  it('shows a second person who has taken what, and lets a lead free it', async () => {
    const { incidentId } = await scene.missedScan();
    const lead = await openAs('SOC lead');
    const operator = await openAs('SOC operator');
    await operator.page.goto(at(incidentId));
    await operator.page.getByTestId('claim').waitFor();
    await operator.page.keyboard.press('c');
    await operator.page.getByTestId('claim').getByText('Give it back').waitFor();

    const row = lead.page.locator(`[data-incident="${incidentId}"]`);
    await row.getByTestId('claim-mark').getByText('SOC operator').waitFor();
    await row.click();
    expect(await lead.page.getByTestId('claim').count()).toBe(0);
    await lead.page.getByRole('button', { name: 'Free it' }).click();
    await lead.page.getByText('SOC operator sees that it is free again').waitFor();
    await lead.page.getByRole('button', { name: 'Free it' }).click();
    await operator.page.getByTestId('claim').getByText('Claim').waitFor();
    expect((await scene.read(incidentId)).claim).toBeNull();
    await decide(incidentId, 'soc_operator', 'paid');
  });

  it('starts a drill that nobody can mistake for the real thing', async () => {
    const { page } = await openAs('SOC lead');
    await page.getByTestId('start-drill').click();
    await page.getByText('in messages that begin with DRILL').waitFor();
    await page.getByRole('button', { name: 'Start the drill' }).click();
    await page.waitForURL('**/incidents/inc_*');
    const incidentId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await page.getByText('DRILL. Nothing of this happened.').waitFor();
    await alerted(incidentId);
    await page.getByTestId('messages').getByText('DRILL', { exact: true }).waitFor();
    await decide(incidentId, 'soc_operator', 'paid');
    await page.goto(`${scene.system.baseUrl}/?tab=all&drills=only`);
    const rows = page.getByTestId('incident-row');
    await rows.first().getByTestId('drill-mark').waitFor();
    expect(await rows.count()).toBe(1);
    await page.goto(`${scene.system.baseUrl}/drills`);
    await page.getByTestId('drills').getByText('closed: paid').waitFor();
    await page.getByText('of 100').waitFor();
  });
});

describe('a call for help', () => {
  it('cannot be overlooked, and ends when somebody stands it down', async () => {
    const { incidentId } = await scene.missedScan();
    await decide(incidentId, 'soc_operator', 'help');
    const { page } = await openAs('SOC operator');
    const row = page.locator(`[data-incident="${incidentId}"][data-help]`);
    await row.getByTestId('help-mark').waitFor();
    await row.click();
    await page.getByTestId('help-notice').getByText('HELP was asked for').waitFor();
    expect(await page.getByTestId('verdict-help').count()).toBe(0);
    await page.getByTestId('stand-down').click();
    await page.getByTestId('verdict-confirm').getByText('Stand down: everybody is safe').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('help-notice').waitFor({ state: 'detached' });
    await page.getByTestId('timeline').getByText('SOC operator said that everybody is safe.').waitFor();
    expect(await scene.read(incidentId)).toMatchObject({ helpRequested: false, state: 'in_review' });
    await decide(incidentId, 'soc_operator', 'paid');
  });
});

describe('after the verdict', () => {
  it('says who will hear of a correction before it is made, then how many did', async () => {
    const { incidentId, code } = await scene.missedScan();
    await alerted(incidentId);
    await decide(incidentId, 'soc_lead', 'staff_error');
    await closed(incidentId);
    const { page } = await openAs('SOC operator');
    await page.goto(at(incidentId));
    await page.getByTestId('correct').click();
    const form = page.getByTestId('correct-form');
    await form
      .getByTestId('correction-preview')
      .getByText('One person will be told that this was wrong: Sam')
      .waitFor();
    expect(await form.getByRole('button', { name: 'Correct it everywhere' }).isDisabled()).toBe(true);
    await form.getByText('False alarm').click();
    await form.getByText('The pictures do not show it').click();
    await form.getByRole('button', { name: 'Correct it everywhere' }).click();
    await page.getByRole('status').getByText('One person is being told now.').waitFor();
    await page.getByRole('heading', { name: 'False alarm' }).waitFor();
    const texts = () => scene.system.phone(demoPhones.staff).texts();
    await eventually(async () => (await texts()).some(({ body }) => body.includes(`${code}: correction`)));
  });

  it('asks a second person, and never the one who decided', async () => {
    const { incidentId } = await scene.missedScan();
    await decide(incidentId, 'soc_lead', 'confirmed');
    await closed(incidentId);
    const lead = await openAs('SOC lead');
    await lead.page.getByRole('tab', { name: 'Second look' }).click();
    await lead.page.locator(`[data-incident="${incidentId}"]`).click();
    await lead.page.getByText('Somebody who did not decide this looks at it').waitFor();
    expect(await lead.page.getByTestId('agree').count()).toBe(0);

    const compliance = await openAs('Compliance');
    await compliance.page.goto(at(incidentId));
    await compliance.page.getByTestId('agree').click();
    await compliance.page.getByRole('button', { name: 'Agree', exact: true }).click();
    await compliance.page.getByTestId('timeline').getByText('Compliance looked and agrees').waitFor();
    await lead.page.getByTestId('second-look').waitFor({ state: 'detached' });
    expect((await scene.read(incidentId)).secondReview).toBe('agreed');
  });

  it('writes down what came of it, hears an objection, and judges anew', async () => {
    const { incidentId } = await scene.missedScan();
    await decide(incidentId, 'soc_operator', 'false_positive');
    await closed(incidentId);
    const { page } = await openAs('SOC lead');
    await page.goto(at(incidentId));
    await page.getByRole('tab', { name: 'Outcome' }).click();
    await page.getByLabel('Prevented').fill('12.345');
    await page.getByText('Not an amount; write 0.00').waitFor();
    await page.getByLabel('Prevented').fill('12.34');
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByTestId('timeline').getByText('£12.34 prevented').waitFor();
    expect((await scene.read(incidentId)).outcome).toMatchObject({ preventedMinor: 1234, currency: 'GBP' });

    await page.getByTestId('appeal').click();
    await page.getByLabel('What is said against the verdict').fill('The receipt was in the bag.');
    await page.getByRole('button', { name: 'Put it on record' }).click();
    await page.getByRole('tab', { name: 'Reviews' }).click();
    await page.getByTestId('reviews').getByText('The receipt was in the bag.').waitFor();
    await page.getByRole('button', { name: 'The verdict stands' }).click();
    await page.getByRole('button', { name: 'Let it stand' }).click();
    await page.getByTestId('timeline').getByText('SOC lead decided that the verdict stands').waitFor();

    await page.getByTestId('reopen').click();
    await page.getByText('Something new came to light').click();
    await page.getByTestId('reopen-form').getByRole('button', { name: 'Open it again' }).click();
    await page.getByTestId('verdict-paid').waitFor();
    expect(await scene.read(incidentId)).toMatchObject({ state: 'in_review', runs: 2 });
  });
});

describe('a merged detection', () => {
  it('says why it was merged, and can be taken out again', async () => {
    const first = await scene.seen('concealment');
    const second = await scene.seen('concealment');
    expect(second.incidentId, 'both within the merge window').toBe(first.incidentId);
    const { page } = await openAs('SOC operator');
    await page.goto(at(first.incidentId));
    await page.getByRole('tab', { name: 'Detections' }).click();
    await page.getByText('Why merged: Same camera, same place, same kind').waitFor();
    await page.getByTestId('unmerge').click();
    await page.getByText('people may be told about it').waitFor();
    await page.getByRole('button', { name: 'Take it out' }).click();
    await page.getByRole('link', { name: 'an incident of its own' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(first.incidentId));
    await page.getByTestId('timeline').getByText('A camera reported this').waitFor();
  });
});

describe('the runbook', () => {
  it('keeps a confirmed incident open until its task is done, and needs two people for a door', async () => {
    const { incidentId } = await scene.seen('equipment_tamper');
    const operator = await openAs('SOC operator');
    await operator.page.goto(at(incidentId));
    const door = operator.page.locator('[data-testid=runbook-step][data-action=door_lock]');
    await door.getByText('Waits for two people').waitFor();
    await door.getByTestId('step-approve').click();
    await door.getByText('Only when a second person has said yes too, the door is locked.').waitFor();
    await door.getByRole('button', { name: 'Approve', exact: true }).click();
    await door.getByText('You have said yes already; somebody else must.').waitFor();
    expect(await door.getByTestId('step-approve').count()).toBe(0);

    const lead = await openAs('SOC lead');
    await lead.page.goto(at(incidentId));
    const same = lead.page.locator('[data-testid=runbook-step][data-action=door_lock]');
    await same.getByText('Waits for a second person').waitFor();
    await same.getByTestId('step-approve').click();
    await same.getByText('With your yes the door is locked.').waitFor();
    await same.getByRole('button', { name: 'Approve', exact: true }).click();
    // No such door listens here: the failure has its reason, and the way out.
    await same.getByText('The device did not answer').waitFor();
    await same.getByTestId('step-release').waitFor();
    await same.getByTestId('step-override').click();
    await same.getByLabel('Why it is skipped').fill('There is no such door');
    await same.getByRole('button', { name: 'Skip it' }).click();
    await door.getByText('“There is no such door”').waitFor();

    await operator.page.keyboard.press('4');
    await operator.page.getByTestId('verdict-confirm').waitFor();
    await operator.page.keyboard.press('Enter');
    await operator.page.getByTestId('steps-to-do').getByText('It closes by itself when this is done').waitFor();
    const task = operator.page.locator('[data-testid=runbook-step][data-action=task]');
    await task.getByTestId('step-done').click();
    await operator.page.getByRole('button', { name: 'It is done' }).click();
    await operator.page.getByRole('heading', { name: 'Confirmed, no approach' }).waitFor();
  });
});

describe('a call', () => {
  it('is answered on the phones page, speaks, and closes the incident with the key 4', async () => {
    await scene.system.database.admin.query("update people set channels = '{voice}' where id = 'sam'");
    const { page } = await openAs('SOC operator');
    await page.getByRole('link', { name: 'Phones' }).click();
    const phone = page.getByTestId(`phone-${demoPhones.staff}`);
    await phone.getByTestId('phone-reply').waitFor();
    const { incidentId } = await scene.missedScan();
    await phone.getByTestId('call-answer').click();
    await phone.getByRole('log', { name: 'What is said' }).getByText('SCO 3, High Street').first().waitFor();
    await phone.getByTestId('key-4').click();
    await phone.locator('[data-testid=past-call][data-status=completed]').last().waitFor();
    await closed(incidentId);
    expect(await scene.read(incidentId)).toMatchObject({ verdict: 'confirmed' });
    await page.goto(at(incidentId));
    await page.getByTestId('timeline').getByText('Sam (floor) answered the call.').waitFor();
    await page.getByTestId('timeline').getByText('Sam (floor) decided: Confirmed, no approach.').waitFor();
    await page.getByTestId('messages').getByText('Answered', { exact: true }).waitFor();
    await scene.system.database.admin.query("update people set channels = '{sms,voice}' where id = 'sam'");
  });
});
