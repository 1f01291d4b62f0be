import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../harness/system.ts';
import { expectAccessible, handset, launchBrowser, signInAs, type TestBrowser, type WatchedPage } from './browser.ts';
import { peoplePolicy } from './people-policy.ts';
import { openScene, type Scene } from './scene.ts';

const engines = inject('engines');
let scene: Scene;
let browser: TestBrowser;
const pages: WatchedPage[] = [];
const shown: Record<'held' | 'tamper' | 'wrong' | 'help', string> = { held: '', tamper: '', wrong: '', help: '' };

const decide = (incidentId: string, verdict: string) =>
  scene.system.api('soc_operator', 'POST', `/v1/incidents/${incidentId}/verdict`, { verdict });

const lighterShelf = async () => {
  const { api } = scene.system;
  const settings = { plu: '4001234567891', articleGrams: 150 };
  const shelf = { storeId: 'high-street', kind: 'shelf_weight', zoneId: 'scanner', label: 'Crisps', settings };
  await api('admin', 'PUT', '/v1/sensors/shelf-1', shelf);
  const event = { storeId: 'high-street', sensorId: 'shelf-1', eventId: 'e-1', kind: 'shelf_weight', deltaGrams: -300 };
  await api('device', 'POST', '/v1/sensors/events', { ...event, occurredAt: new Date().toISOString() });
};

beforeAll(async () => {
  [scene, browser] = await Promise.all([openScene(engines, peoplePolicy), launchBrowser(engines.chromiumPath)]);
  shown.held = (await scene.seen('loitering')).incidentId;
  await lighterShelf();
  shown.tamper = (await scene.seen('equipment_tamper')).incidentId;
  shown.help = (await scene.missedScan()).incidentId;
  await decide(shown.help, 'help');
  shown.wrong = (await scene.missedScan()).incidentId;
  await decide(shown.wrong, 'confirmed');
  await eventually(async () => (await scene.read(shown.wrong)).state === 'closed');
  const appeal = { statement: 'The receipt was in the bag.' };
  await scene.system.api('soc_lead', 'POST', `/v1/incidents/${shown.wrong}/appeals`, appeal);
  const drill = { storeId: 'high-street', cameraId: 'sco-3-cam', eventType: 'restricted_zone', note: 'Evening crew' };
  await scene.system.api('soc_lead', 'POST', '/v1/drills', drill);
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

const at = (incidentId: string) => `${scene.system.baseUrl}/incidents/${incidentId}`;

describe('every new view is usable by everybody', () => {
  const looks = [
    { look: 'dark', options: { scheme: 'dark' } },
    { look: 'light', options: { scheme: 'light' } },
    { look: 'at phone width', options: { scheme: 'dark', size: handset } },
  ] as const;

  it.each(looks)(
    '$look',
    async ({ options }) => {
      const watched = await browser.open(options);
      pages.push(watched);
      const { page } = watched;
      await signInAs(page, scene.system.baseUrl, 'SOC lead');
      const go = async (url: string, ready: string) => {
        await page.goto(url);
        await page.getByText(ready).first().waitFor();
        await expectAccessible(page, `${url}: ${ready}`);
      };
      await go(`${scene.system.baseUrl}/?tab=held`, 'Nobody is paged.');
      await go(`${scene.system.baseUrl}/?tab=second`, 'Second look');
      await go(`${scene.system.baseUrl}/drills`, 'of 100');
      await page.getByRole('button', { name: 'Start a drill' }).click();
      await page.getByText('in messages that begin with DRILL').waitFor();
      await expectAccessible(page, 'the drill dialog');
      await go(at(shown.held), 'Held back: nobody is paged about this');
      await page.getByRole('tab', { name: 'Why' }).click();
      await page.getByText('2 pieces were taken').waitFor();
      await page.getByRole('button', { name: 'Take it out' }).click();
      await page.getByText('It does not come back.').waitFor();
      await expectAccessible(page, 'what each source said');
      await go(`${scene.system.baseUrl}/estate`, 'Crisps');
      await go(at(shown.help), 'HELP was asked for');
      await go(at(shown.tamper), 'What is to be done');
      await page.getByTestId('step-approve').click();
      await page.getByText('Your yes counts for ten minutes.').waitFor();
      await expectAccessible(page, 'an approval');
      await go(at(shown.wrong), 'A second person should look');
      await page.getByTestId('disagree').click();
      await page.getByTestId('correct').click();
      await page.getByTestId('correction-preview').waitFor();
      await expectAccessible(page, 'a second look and a correction');
      await page.getByRole('tab', { name: 'Outcome' }).click();
      await page.getByLabel('Prevented').waitFor();
      await expectAccessible(page, 'the outcome');
      await page.getByRole('tab', { name: 'Reviews' }).click();
      await page.getByText('The receipt was in the bag.').waitFor();
      await expectAccessible(page, 'the reviews');
      await go(`${scene.system.baseUrl}/phones`, 'Answer');
    },
    180_000,
  );
});
