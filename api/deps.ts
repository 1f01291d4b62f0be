import type { Database } from '../adapters/postgres/database.ts';
import type { IncidentEngine } from '../adapters/temporal/engine.ts';
import type { Menu, SpokenLanguage } from '../adapters/twilio/twiml.ts';
import type { HeadStatement, SignedHead, SigningKey } from '../domain/audit-head.ts';
import type { PacketStore, PacketTools } from '../domain/packet/ports.ts';
import type { EvidenceStore, RangedStore } from '../domain/ports.ts';
import type { RetentionStore } from '../domain/retention-store.ts';
import type { FoundWitnesses } from '../services/audit/verify.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { LiveEvents } from './live.ts';
import type { DayFileReaders } from './routes/pos.ts';
import type { SimulatorOptions } from './routes/simulator.ts';

/** Everything the HTTP application is wired from; only api/main.ts and tests make one. */
export interface ApiDependencies {
  mode: 'development' | 'production';
  /** Refuses to send what the OpenAPI document does not promise; for tests, since it costs a start a second. */
  checksAnswers: boolean;
  db: Database;
  engine: IncidentEngine;
  dispatcher: Dispatcher;
  objects: EvidenceStore & RangedStore & { retention: RetentionStore };
  live: LiveEvents;
  now: () => string;
  publicUrl: string;
  carrierTokens: readonly string[];
  /** What the secrets of outgoing webhooks are derived from. */
  webhookSecretKey: string;
  verifySignature: (input: {
    tokens: readonly string[];
    signature: string | undefined;
    url: string;
    params: Record<string, string>;
  }) => boolean;
  messageTwiml: (text: string | null) => string;
  menuTwiml: (menu: Menu) => string;
  sayTwiml: (text: string, language: SpokenLanguage) => string;
  /** The heads outside of the database; the row only says that there must be one. */
  findWitnesses: (
    recorded: { objectKey: string; objectVersion: string } | null,
    tenantId: string,
  ) => Promise<FoundWitnesses>;
  signing: {
    /** Ours, the one in use first. */
    keys: readonly SigningKey[];
    signHead: (head: Omit<HeadStatement, 'kind' | 'keyId'>) => SignedHead;
  };
  packets: {
    store: PacketStore;
    /** What a packet names as its maker. */
    producerVersion: string;
    /** What recipients compare a packet's key with. */
    signingPublicKeyPem: string;
  };
  /** What answers to people are made with. */
  rights: Pick<PacketTools, 'renderPdf' | 'openZip'>;
  dayFileReaders: DayFileReaders;
  consoleDir: string | null;
  /** Only in development. */
  simulator: SimulatorOptions | null;
  brokerReady: () => boolean;
  log: (error: unknown, about: Record<string, unknown>) => void;
}
