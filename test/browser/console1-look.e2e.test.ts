import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, inject, it } from 'vitest';
import { demoPhones } from '../../stack/estate.ts';
import { eventually } from '../harness/system.ts';
import { expectAccessible, handset, launchBrowser, signInAs, type TestBrowser } from './browser.ts';
import { peoplePolicy } from './people-policy.ts';
import { openScene, type Scene } from './scene.ts';

const engines = inject('engines');
let scene: Scene;
let browser: TestBrowser;
const out = '/tmp/fw/console1/shots';
mkdirSync(out, { recursive: true });
beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(engines, peoplePolicy), launchBrowser(engines.chromiumPath)]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await scene?.system.close();
});

it('looks', async () => {
  const api = scene.system.api;
  const decide = (id: string, role: 'soc_operator' | 'soc_lead', verdict: string) =>
    api(role, 'POST', `/v1/incidents/${id}/verdict`, { verdict });
  const admin = scene.system.database.admin;
  for (const [id, name, phone, role] of [
    ['mia', 'Mia (floor, late)', '+447700900103', 'store_staff'],
    ['kit', 'Kit Okafor-Williams', '+447700900104', 'regional'],
  ])
    await admin.query(
      "insert into people (tenant_id, id, display_name, role, phone_e164) values ('demo', $1, $2, $4, $3)",
      [id, name, phone, role],
    );
  for (const [n, l, r] of [
    ['+447700900103', 'Mia (floor, late)', 'store_staff'],
    ['+447700900104', 'Kit Okafor-Williams', 'regional'],
  ])
    await scene.system.carrierControl(`/phones/${encodeURIComponent(n!)}`, {
      method: 'PUT',
      body: JSON.stringify({ label: l, role: r }),
    });
  const held = await scene.seen('loitering');
  const tamper = await scene.seen('equipment_tamper');
  const help = await scene.missedScan();
  await decide(help.incidentId, 'soc_operator', 'help');
  const wrong = await scene.missedScan();
  await eventually(async () => (await scene.read(wrong.incidentId)).notifications.length > 0);
  await decide(wrong.incidentId, 'soc_operator', 'confirmed');
  const claimed = await scene.missedScan();
  await api('soc_operator', 'POST', `/v1/incidents/${claimed.incidentId}/claim`);
  await api('soc_lead', 'POST', '/v1/drills', {
    storeId: 'high-street',
    cameraId: 'sco-3-cam',
    zoneId: 'scanner',
    eventType: 'restricted_zone',
    note: 'Evening crew',
  });
  await api('soc_lead', 'POST', `/v1/incidents/${wrong.incidentId}/appeals`, {
    statement: 'The receipt was in the bag.',
  });
  await admin.query("update people set channels = '{voice}' where id = 'sam'");
  await eventually(async () => (await scene.read(wrong.incidentId)).state === 'closed');
  await eventually(async () => (await scene.read(tamper.incidentId)).notifications.length > 0);
  const drill = (await api<{ drills: { incidentId: string }[] }>('soc_lead', 'GET', '/v1/drills')).body.drills[0]!
    .incidentId;
  await new Promise((r) => setTimeout(r, 2500));
  const looks = [
    ['dark', { scheme: 'dark' as const }],
    ['light', { scheme: 'light' as const }],
    ['phone', { scheme: 'dark' as const, size: handset }],
  ] as const;
  const only = process.env['LOOK'];
  for (const [look, options] of looks) {
    if (only && only !== look) continue;
    const { page } = await browser.open(options);
    const shot = async (name: string, full = false) => {
      await page.waitForTimeout(250);
      await page.screenshot({ path: `${out}/${look}-${name}.png`, fullPage: full });
      try {
        await expectAccessible(page, name);
      } catch (e) {
        console.log(look, name, String(e).slice(0, 900));
      }
    };
    await signInAs(page, scene.system.baseUrl, 'SOC lead');
    const go = async (path: string, ready: string) => {
      await page.goto(scene.system.baseUrl + path);
      await page.getByText(ready).first().waitFor();
    };
    await page.getByTestId('incident-row').first().waitFor();
    await shot('queue');
    await go('/?tab=held', 'Nobody is paged');
    await shot('held');
    await go('/?tab=second', 'Second look');
    await page.getByTestId('start-drill').click();
    await page.getByText('in messages that begin').waitFor();
    await shot('drill-dialog');
    await go('/drills', 'of 100');
    await shot('drills');
    await go(`/incidents/${held.incidentId}`, 'Held back: nobody');
    await shot('i-held');
    await go(`/incidents/${help.incidentId}`, 'HELP was asked');
    await shot('i-help');
    await go(`/incidents/${tamper.incidentId}`, 'What is to be done');
    await page.getByTestId('step-approve').first().click();
    await page.getByText('Your yes counts').waitFor();
    await shot('i-runbook');
    await page.evaluate("document.querySelector('[data-testid=runbook]').scrollIntoView()");
    await shot('i-runbook2');
    await go(`/incidents/${drill}`, 'DRILL. Nothing');
    await shot('i-drill');
    await page.evaluate("document.querySelector('[data-testid=messages]')?.scrollIntoView()");
    await shot('i-drill-messages');
    await go(`/incidents/${wrong.incidentId}`, 'A second person should look');
    await shot('i-closed');
    await page.getByTestId('disagree').click();
    await page.getByText('Open it again, to be judged anew').click();
    await page.getByTestId('correct').click();
    await page.getByText('False alarm', { exact: true }).last().click();
    await shot('i-correct');
    await page.getByRole('tab', { name: 'Outcome' }).click();
    await page.getByText('Currency').waitFor();
    await page.evaluate("document.querySelector('[data-testid=outcome-form]').scrollIntoView()");
    await shot('i-outcome');
    await page.getByRole('tab', { name: 'Reviews' }).click();
    await page.getByText('The receipt was in the bag.').waitFor();
    await page.evaluate("document.querySelector('[data-testid=reviews]').scrollIntoView()");
    await shot('i-reviews');
    await go('/phones', 'Kit');
    const ringing = await scene.missedScan();
    const phone = page.getByTestId(`phone-${demoPhones.staff}`);
    await phone.getByTestId('call-answer').waitFor();
    await page.screenshot({ path: `${out}/${look}-ringing.png` });
    await phone.getByTestId('call-answer').click();
    await phone.getByText('SCO 3, High Street').last().waitFor();
    await page.waitForTimeout(600);
    await shot('phones', true);
    await phone.getByTestId('key-1').click();
    await eventually(async () => (await scene.read(ringing.incidentId)).state === 'closed');
    await page.waitForTimeout(500);
    await shot('phones-after', true);
    await page.close();
  }
}, 240_000);
