import { randomUUID } from 'node:crypto';
import twilio from 'twilio';
import type { IncidentAddress, IncidentEngine } from '../../adapters/temporal/engine.ts';
import type { DomainError } from '../../domain/errors.ts';
import type { ServiceContext } from '../../services/context.ts';
import { intendNotification, linkToken } from '../../services/notification/intend.ts';
import { markSent } from '../../services/notification/settle.ts';
import { demoPhones } from '../../stack/estate.ts';
import type { DecideCommand } from '../../workflows/contracts.ts';
import type { TestDatabase } from '../harness/database.ts';
import { actorOf, contextOf, openIncident } from './support.ts';

export const links = { publicUrl: 'https://shops.example.com', linkSecret: 'a secret of the tests only' };
export const systemOf = (database: TestDatabase): ServiceContext =>
  contextOf(database, actorOf('system', { id: 'system:test' }));

/** The tokens with which the carrier of these tests may sign. */
export const carrierTokens = ['the token of today', 'the token before the rotation'] as const;

export interface Post {
  signWith?: string;
  /** Null: none at all. */
  signature?: string | null;
  sent?: Record<string, string>;
  signedPath?: string;
}

/** Posts a webhook as the carrier would, or as somebody who would like to be it. */
export async function postSigned(
  baseUrl: string,
  path: string,
  fields: Record<string, string>,
  change: Post = {},
): Promise<{ status: number; text: string }> {
  const signed = twilio.getExpectedTwilioSignature(
    change.signWith ?? carrierTokens[0],
    `${baseUrl}${change.signedPath ?? path}`,
    fields,
  );
  const signature = change.signature === undefined ? signed : change.signature;
  const response = await fetch(new URL(path, baseUrl), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(signature === null ? {} : { 'x-twilio-signature': signature }),
    },
    body: new URLSearchParams(change.sent ?? fields),
  });
  return { status: response.status, text: await response.text() };
}

export interface ToldEngine {
  engine: IncidentEngine;
  /** What it was told; the stories with the real one are in test/e2e. */
  told: { updateId: string; incidentId: string; command: DecideCommand }[];
  signals: { incidentId: string; name: string; payload: unknown }[];
  /** What the next updates meet instead of an answer. */
  fails: DomainError | null;
  /** How long the next updates take. */
  delayMs: number;
}

/** An engine that notes what it is told. */
export function toldEngine(): ToldEngine {
  const state: ToldEngine = {
    told: [],
    signals: [],
    fails: null,
    delayMs: 0,
    engine: {
      start: async () => undefined,
      signal: async (address: IncidentAddress, name: string, payload?: unknown) => {
        state.signals.push({ incidentId: address.incidentId, name, payload });
        return true;
      },
      update: async <Reply>(address: IncidentAddress, _name: string, command: unknown, updateId: string) => {
        if (state.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, state.delayMs));
        if (state.fails) throw state.fails;
        state.told.push({ updateId, incidentId: address.incidentId, command: command as DecideCommand });
        return { state: 'closed', verdict: 'paid', version: 1 } as Reply;
      },
      startCorrection: async () => undefined,
      orderSteps: async () => undefined,
      buildPacket: async () => undefined,
      send: async () => undefined,
      startRedaction: async () => undefined,
      secureAgain: async () => undefined,
      assertReady: async () => undefined,
      close: async () => undefined,
    },
  };
  return state;
}

export interface Texted {
  incidentId: string;
  code: string;
  notificationId: string;
  sid: string;
  /** The token of the link in the text. */
  link: string;
}

/** An incident about which Sam was texted. */
export async function textSam(database: TestDatabase): Promise<Texted> {
  const system = systemOf(database);
  const incidentId = await openIncident(database);
  const intent = await intendNotification(system, links, { incidentId, kind: 'alert', step: 0 });
  if (!('notificationId' in intent)) throw new Error(intent.outcome);
  const { notificationId } = intent;
  const sid = `SM${randomUUID().replaceAll('-', '')}`;
  await markSent(system, { notificationId, sid, segments: 1 });
  const { rows } = await database.admin.query<{ code: string }>('select code from incidents where id = $1', [
    incidentId,
  ]);
  return { incidentId, sid, code: rows[0]!.code, notificationId, link: linkToken(links, notificationId) };
}

/** The fields of a text from a phone to us. */
export const incomingText = (Body: string, From: string = demoPhones.staff): Record<string, string> => ({
  MessageSid: `SM${randomUUID()}`,
  From,
  To: '+447700900000',
  Body,
});
