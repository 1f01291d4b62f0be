import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStage, type Stage, unhurried } from '../harness/story.ts';
import { eventually } from '../harness/system.ts';

const engines = inject('engines');
let stage: Stage;

beforeAll(async () => {
  stage = await openStage(engines, unhurried);
  await stage.till.beats();
});
afterAll(() => stage?.close());
afterEach(() => stage.endsWell());

describe('one text, one answer', () => {
  it.each([
    { answer: '1', verdict: 'paid', words: /noted as paid\. Thank you/ },
    { answer: '2 staff', verdict: 'staff_error', words: /noted as a staff matter/ },
    { answer: '4', verdict: 'confirmed', words: /do not approach anyone/ },
  ])('$answer is $verdict', async ({ answer, verdict, words }) => {
    const { incidentId } = await stage.camera.sees();
    await stage.sam.expectText(/please check/);
    await stage.sam.reply(answer);
    await stage.sam.expectText(words);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict, textsSent: 1 });
  });

  it('3 is not sure: the next person is texted, and decides', async () => {
    const { sam, alex } = stage;
    const { incidentId } = await stage.camera.sees();
    await sam.expectText(/please check/);
    await sam.reply('3');
    await sam.expectText(/A colleague will look at it/);
    await alex.expectText(/please check/, 5_000);
    await alex.reply('2');
    await alex.expectText(/noted as a staff matter/);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'staff_error', textsSent: 2 });
  });

  it('HELP reaches everybody else at once, and can still be decided', async () => {
    const { sam, alex } = stage;
    const { incidentId, code } = await stage.camera.sees();
    await sam.expectText(/please check/);
    await sam.reply('help please');
    await sam.expectText(/help is being called now/);
    await alex.expectText(/a colleague asks for HELP at SCO 3/, 5_000);
    const open = await eventually(async () => {
      const now = await stage.incident(incidentId);
      return now.helpRequested && now;
    });
    expect(open).toMatchObject({ severity: 'critical', state: 'alerting' });
    await alex.reply('4');
    await alex.expectText(new RegExp(`Floorwalker ${code}: noted`));
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'confirmed', helpRequested: true });
  });

  it('SAFE ends the call for help, and the incident still waits for its verdict', async () => {
    const { sam, alex } = stage;
    const { incidentId, code } = await stage.camera.sees();
    await sam.expectText(/please check/);
    await sam.reply('safe');
    await sam.expectText(/nobody has asked for help here/);
    await sam.reply('HELP');
    await sam.expectText(/help is being called now/);
    await alex.expectText(/a colleague asks for HELP at SCO 3/, 5_000);
    await alex.reply(`SAFE ${code}`);
    await alex.expectText(/noted as SAFE/);
    await eventually(async () => {
      const now = await stage.incident(incidentId);
      return now.state === 'in_review' && !now.helpRequested;
    });
    await alex.reply('1');
    await alex.expectText(/noted as paid/);
    expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'paid' });
  });

  it('in the language of the person, and understood in any', async () => {
    const { sam, system } = stage;
    const speak = (locale: string) =>
      system.database.admin.query("update people set locale = $1 where id = 'sam'", [locale]);
    await speak('es');
    try {
      const { incidentId } = await stage.camera.sees();
      await sam.expectText(/revise SCO 3, High Street\. .* 1 pagado 2 personal 3 no seguro 4 confirmado/);
      await sam.reply('Bestätigt!');
      await sam.expectText(/anotado\. Por favor, no se acerque a nadie/);
      expect(await stage.closed(incidentId)).toMatchObject({ verdict: 'confirmed' });
    } finally {
      await speak('en');
    }
  });

  it('what is not understood is asked for again', async () => {
    const { sam } = stage;
    const { incidentId } = await stage.camera.sees();
    await sam.expectText(/please check/);
    await sam.reply('what?');
    await sam.expectText(/not understood\. Reply 1 paid/);
    await sam.reply('1');
    await sam.expectText(/noted as paid/);
    await stage.closed(incidentId);
  });
});

describe('which incident is meant', () => {
  it('with two open, an answer alone asks for the code, and the code settles it', async () => {
    const { sam } = stage;
    const first = await stage.camera.sees();
    await sam.expectText(new RegExp(`${first.code}: please check`));
    const second = await stage.camera.sees();
    await sam.expectText(new RegExp(`${second.code}: please check`));
    await sam.reply('1');
    const question = await sam.expectText(/several are open/);
    expect(question.body).toContain(first.code);
    expect(question.body).toContain(second.code);
    expect((await stage.incident(first.incidentId)).state).toBe('alerting');
    await sam.reply(`${first.code} 1`);
    await sam.expectText(new RegExp(`${first.code}: noted as paid`));
    expect(await stage.closed(first.incidentId)).toMatchObject({ verdict: 'paid' });
    expect((await stage.incident(second.incidentId)).state).toBe('alerting');
    await sam.reply('4');
    await sam.expectText(new RegExp(`${second.code}: noted`));
    await stage.closed(second.incidentId);
  });

  it('a late answer is told who decided and when', async () => {
    const { sam, alex } = stage;
    const { incidentId, code } = await stage.camera.sees();
    await sam.expectText(/please check/);
    await sam.reply('3');
    await sam.expectText(/A colleague will look/);
    await alex.expectText(/please check/);
    await alex.reply('1');
    await alex.expectText(/noted as paid/);
    await stage.closed(incidentId);
    await sam.reply(`${code} 4`);
    await sam.expectText(
      new RegExp(`^Floorwalker ${code}: already closed at \\d\\d:\\d\\d as paid by Alex \\(manager\\)\\. Nothing more`),
    );
    expect(await stage.incident(incidentId)).toMatchObject({ verdict: 'paid' });
  });

  it('a code that is not known for this number is said to be so', async () => {
    await stage.sam.reply('ZZZ 1');
    await stage.sam.expectText(/the code ZZZ is not known for your number/);
  });

  it('a stranger is told nothing and changes nothing', async () => {
    const { sam, system } = stage;
    const { incidentId, code } = await stage.camera.sees();
    await sam.expectText(/please check/);
    const stranger = system.phone('+447700900999');
    await stranger.reply(`${code} 1`);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await stranger.unexpected()).toEqual([]);
    expect((await stage.incident(incidentId)).state).toBe('alerting');
    await sam.reply('1');
    await sam.expectText(/noted/);
    await stage.closed(incidentId);
  });
});

describe('while Temporal is away', () => {
  it('an answer is kept, thanked for, and counts once Temporal is back', async () => {
    const { sam, system } = stage;
    const { incidentId, code } = await stage.camera.sees();
    await sam.expectText(/please check/);
    const pid = engines.pids['temporal']!;
    process.kill(pid, 'SIGSTOP');
    try {
      await sam.reply('4');
      await sam.expectText(new RegExp(`${code}: noted`), 12_000);
      const { rows } = await system.database.admin.query('select kind from outbox where incident_id = $1', [
        incidentId,
      ]);
      expect(rows).toEqual([{ kind: 'decide' }]);
      expect((await stage.incident(incidentId)).state).toBe('alerting');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const closed = await eventually(async () => {
      const now = await stage.incident(incidentId);
      return now.state === 'closed' && now;
    }, 45_000);
    expect(closed).toMatchObject({ verdict: 'confirmed', textsSent: 1 });
    // What the outage itself left in the log was expected.
    system.errors.length = 0;
  });
});
