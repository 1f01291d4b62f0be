import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { components } from '../../schemas/generated/openapi.ts';
import { exportHistories } from '../harness/history.ts';
import { plantRecording } from '../harness/recording.ts';
import { eventually } from '../harness/system.ts';
import { expectAccessible, launchBrowser, signInAs, type TestBrowser, type WatchedPage, walks } from './browser.ts';
import { peoplePolicy } from './people-policy.ts';
import { openScene, type Scene } from './scene.ts';

type Schemas = components['schemas'];

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
  it.each(walks)(
    '$walk',
    async ({ options, see }) => {
      const watched = await browser.open(options);
      pages.push(watched);
      const { page } = watched;
      await signInAs(page, scene.system.baseUrl, 'SOC lead');
      const go = async (url: string, ready: string) => {
        await page.goto(url);
        await page.getByText(ready).first().waitFor();
        await see(page, `${url}: ${ready}`);
      };
      await go(`${scene.system.baseUrl}/?tab=held`, 'Nobody is paged.');
      await go(`${scene.system.baseUrl}/?tab=second`, 'Second look');
      await go(`${scene.system.baseUrl}/drills`, 'of 100');
      await page.getByRole('button', { name: 'Start a drill' }).click();
      await page.getByText('in messages that begin with DRILL').waitFor();
      await see(page, 'the drill dialog');
      await go(at(shown.held), 'Held back: nobody is paged about this');
      await page.getByRole('tab', { name: 'Why' }).click();
      await page.getByText('2 pieces were taken').waitFor();
      await page.getByRole('button', { name: 'Take it out' }).click();
      await page.getByText('It does not come back.').waitFor();
      await see(page, 'what each source said');
      await go(`${scene.system.baseUrl}/estate`, 'Crisps');
      await go(at(shown.help), 'HELP was asked for');
      await go(at(shown.tamper), 'What is to be done');
      await page.getByTestId('step-approve').click();
      await page.getByText('Your yes counts for ten minutes.').waitFor();
      await see(page, 'an approval');
      await go(at(shown.wrong), 'A second person should look');
      await page.getByTestId('disagree').click();
      await page.getByTestId('correct').click();
      await page.getByTestId('correction-preview').waitFor();
      await see(page, 'a second look and a correction');
      await page.getByRole('tab', { name: 'Outcome' }).click();
      await page.getByLabel('Prevented').waitFor();
      await see(page, 'the outcome');
      await page.getByRole('tab', { name: 'Reviews' }).click();
      await page.getByText('The receipt was in the bag.').waitFor();
      await see(page, 'the reviews');
      await go(`${scene.system.baseUrl}/phones`, 'Answer');
    },
    180_000,
  );
});

describe('the evidence of several cameras', () => {
  let several = '';
  const evidenceOf = async (incidentId: string) =>
    (await scene.system.api<Schemas['Evidence']>('soc_lead', 'GET', `/v1/incidents/${incidentId}/evidence`)).body;

  /** A second camera sees the lane; it runs ahead, and has not recorded a second of it. */
  async function withNeighbour(): Promise<string> {
    const { admin } = scene.system.database;
    await admin.query(
      "insert into cameras (tenant_id, store_id, id, name) values ('demo', 'high-street', 'aisle-cam', 'Aisle')",
    );
    const neighbours = [{ zoneId: null, cameraId: 'aisle-cam' }];
    await scene.system.api('admin', 'PUT', '/v1/stores/high-street/cameras/sco-3-cam/neighbours', { neighbours });
    await admin.query(
      `insert into camera_clocks (tenant_id, store_id, camera_id, from_at, offset_ms, error_ms, method, set_by)
       select 'demo', 'high-street', id, now() - interval '1 hour', case id when 'aisle-cam' then 400 else 0 end, 40, 'x', 'x'
       from unnest(array['aisle-cam', 'sco-3-cam']) id`,
    );
    // The scene puts its incidents ten seconds apart.
    const nextMs = Date.parse((await scene.read(shown.wrong)).detectedAt) + 10_000;
    await plantRecording({
      ...{ ffmpegPath: engines.ffmpegPath, ringDir: scene.system.ringDir, cameraId: 'aisle-cam' },
      ...{ fromAt: new Date(nextMs - 8_000).toISOString(), seconds: 16, except: [7] },
    });
    const { incidentId } = await scene.missedScan();
    await eventually(async () => (await evidenceOf(incidentId)).otherCameras[0]?.state === 'partial', 30_000);
    return incidentId;
  }

  it('is one moment on all of them, frame by frame, with boxes, heat and the native recording', async () => {
    const incidentId = await withNeighbour();
    several = incidentId;
    const watched = await browser.open();
    pages.push(watched);
    const { page } = watched;
    await signInAs(page, scene.system.baseUrl, 'SOC lead');
    await page.goto(at(incidentId));
    await page.getByRole('tab', { name: 'Evidence' }).click();
    await page.getByRole('link', { name: 'All cameras at one moment' }).click();
    const [lead, other] = [page.getByTestId('wall-lead'), page.getByTestId('wall-aisle-cam').locator('video')];
    const timeOf = (video: typeof lead) =>
      video.evaluate((element: unknown) => (element as { currentTime: number }).currentTime);
    const evidence = await evidenceOf(incidentId);
    const find = (kind: string) => evidence.artifacts.find((artifact) => artifact.kind === kind)!;
    /** By how much the other camera's clip is ahead where both show one picture of a fifteenth of a second. */
    const apartS = (Date.parse(find('clip').fromAt!) + 400 - Date.parse(find('other_clip').fromAt!)) / 1000;
    const areTogether = () =>
      eventually(async () => Math.abs((await timeOf(other)) - (await timeOf(lead)) - apartS) < 0.08, 10_000);
    await areTogether();
    const before = await timeOf(lead);
    await page.keyboard.press('.');
    await page.keyboard.press('.');
    await eventually(async () => (await timeOf(lead)) - before > 0.1, 10_000);
    await areTogether();
    await page.getByText('0.40 s ahead, give or take 0.08 s: as somebody measured it').waitFor();

    await page.keyboard.press('h');
    expect(await page.getByTestId('heatmap').count()).toBe(2);
    expect(await page.getByTestId('clip-boxes').count()).toBe(1);
    await page.keyboard.press('b');
    expect(await page.getByTestId('clip-boxes').count()).toBe(0);
    await page.keyboard.press('c');
    await page.getByText(/segment-\d+, picture of .*, hash checked here/).waitFor();
    const drawn = await page.getByTestId('native-frame').evaluate((element: unknown) => {
      const canvas = element as {
        width: number;
        height: number;
        getContext(kind: '2d'): { getImageData(...part: number[]): { data: Uint8ClampedArray } };
      };
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return { size: [canvas.width, canvas.height], colours: new Set(data).size };
    });
    expect(drawn.size).toEqual([320, 180]);
    expect(drawn.colours).toBeGreaterThan(20);
    await page.getByText('Aisle: not recorded from').first().waitFor();
    await expectAccessible(page, 'the evidence page');
    const shots = process.env['FLOORWALKER_SHOTS'];
    if (shots) await page.screenshot({ path: `${shots}/evidence.png`, fullPage: true });

    // A file whose bytes are others is said to be, to everybody, and put right by whoever may.
    const clipId = find('clip').id;
    await scene.system.database.admin.query(
      "update evidence_artifacts set quarantined_at = now(), quarantined_because = 'ALTERED' where incident_id = $1 and id = $2",
      [incidentId, clipId],
    );
    await page.reload();
    await page.getByTestId('quarantine').getByText('no longer what was recorded').waitFor();
    await expectAccessible(page, 'the evidence page with a file kept back');
    await page.getByRole('button', { name: 'Put an intact copy in its place' }).click();
    await page.getByTestId('quarantine').waitFor({ state: 'detached' });
    await page.getByTestId('wall-lead').waitFor();
  }, 60_000);

  it('is masked camera by camera, chosen by keyboard', async () => {
    const watched = await browser.open();
    pages.push(watched);
    const { page } = watched;
    await signInAs(page, scene.system.baseUrl, 'SOC lead');
    await page.goto(at(several));
    await page.getByRole('tab', { name: 'Masking' }).click();
    await page.getByText('Nothing of SCO 3 may leave the company yet.').waitFor();
    await page.getByRole('button', { name: 'Aisle · may not leave' }).press('Enter');
    await page.getByText('Nothing of Aisle may leave the company yet.').waitFor();
    await page.getByRole('button', { name: 'Mask the clip' }).press('Enter');
    await page.getByText('The masked clip of Aisle may leave the company.').waitFor();
    await page.getByTestId('masked-video').waitFor();
    await page.getByTestId('timeline').getByText('The masked clip of aisle-cam is there').waitFor();
    await expectAccessible(page, 'masking one of two cameras');
    const shots = process.env['FLOORWALKER_SHOTS'];
    if (shots) await page.screenshot({ path: `${shots}/masking.png`, fullPage: true });
    await page.getByRole('button', { name: 'SCO 3 · may not leave' }).press('Enter');
    await page.getByText('Nothing of SCO 3 may leave the company yet.').waitFor();
    expect(await page.getByTestId('masked-video').count()).toBe(0);
  }, 60_000);
});

describe('what people who were recorded ask for', () => {
  const local = (ms: number) =>
    new Date(Date.now() + ms - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

  it('is taken down, looked for, decided and answered by keyboard, and the system tells what it did', async () => {
    const { system } = scene;
    await eventually(async () => (await exportHistories(system)) > 0 || undefined);
    const watched = await browser.open();
    pages.push(watched);
    const { page } = watched;
    const shots = process.env['FLOORWALKER_SHOTS'];
    const look = async (name: string) => {
      await expectAccessible(page, name);
      if (shots) await page.screenshot({ path: `${shots}/${name.replaceAll(' ', '-')}.png`, fullPage: true });
    };
    await signInAs(page, system.baseUrl, 'Compliance');
    await page.goto(at(shown.wrong));
    await page.getByRole('tab', { name: 'Custody' }).click();
    await page.getByRole('link', { name: 'What the system did, step by step' }).press('Enter');
    const story = page.getByTestId('story').getByRole('listitem');
    await story.filter({ hasText: 'Decided “confirmed” in the console.' }).waitFor();
    await look('the story');

    await page.goto(`${system.baseUrl}/manage/rights`);
    await page.getByText('Nobody waits for an answer').waitFor();
    await look('no requests');
    await page.getByRole('button', { name: 'Take down a request' }).press('Enter');
    await page.getByRole('combobox', { name: 'What do they ask for?', exact: true }).click();
    await page.getByRole('option', { name: 'Wants it kept but not used' }).click();
    await page.getByRole('combobox', { name: 'In which store?', exact: true }).click();
    await page.getByRole('option', { name: 'High Street' }).click();
    await page.getByLabel('From (your local time)').fill(local(-3_600_000));
    await page.getByLabel('To', { exact: true }).fill(local(60_000));
    await page.getByLabel('Name, and where the answer goes').fill('Mo Shopper, 1 Any Road');
    await page.getByLabel('What they say about themselves').fill('A red coat.');
    await look('a new request');
    await page.getByRole('button', { name: 'Put it on record' }).press('Enter');
    await page.getByTestId('candidates').waitFor();
    await page.getByRole('button', { name: 'Note who asks' }).press('Enter');
    await page.getByRole('combobox', { name: 'How was it checked?', exact: true }).click();
    await page.getByRole('option', { name: 'In person' }).click();
    await page.getByRole('button', { name: 'Note it' }).press('Enter');
    await page.getByText('Yes: in person, checked by').waitFor();
    const { code } = await scene.read(shown.wrong);
    const rows = page.getByTestId('candidates').locator('tbody tr');
    for (const row of await rows.all()) {
      const shows = (await row.textContent())?.includes(code);
      const answer = row.getByRole('button', { name: shows ? 'Yes' : 'No', exact: true });
      await answer.press('Enter');
      await eventually(async () => (await answer.getAttribute('aria-pressed')) === 'true');
    }
    await page.getByRole('button', { name: 'Decide and write the letter' }).press('Enter');
    await page.getByText('Nobody can look at, share or delete the recording any more').waitFor();
    await look('deciding a request');
    await page.getByRole('button', { name: 'Decide', exact: true }).press('Enter');
    await page.getByTestId('letter').getByText('We do what you asked.').waitFor();
    await look('an answered request');
    await page.goto(`${system.baseUrl}/manage/rights`);
    await page.getByText('All', { exact: true }).click();
    await page.getByTestId('requests').getByText('Granted').waitFor();
    await look('requests');

    await page.goto(`${system.baseUrl}/manage/privacy`);
    await page.getByText('Recording of an incident').waitFor();
    await page.getByRole('button', { name: 'Switch something off' }).press('Enter');
    await page.getByRole('combobox', { name: 'Store', exact: true }).click();
    await page.getByRole('option', { name: 'High Street' }).click();
    await page.getByRole('combobox', { name: 'What', exact: true }).click();
    await page.getByRole('option', { name: 'Group intrusion' }).click();
    await page.getByLabel('Law of').fill('Somewhere');
    await page.getByLabel('Why').fill('Its law.');
    await page.getByRole('button', { name: 'Switch it off' }).press('Enter');
    await page.getByRole('region', { name: 'Switched off', exact: true }).getByText('Somewhere').waitFor();
    await look('privacy');
  }, 90_000);
});
