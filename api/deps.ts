import type { Database } from '../adapters/postgres/database.ts';
import type { IncidentEngine } from '../adapters/temporal/engine.ts';
import type { Menu, SpokenLanguage } from '../adapters/twilio/twiml.ts';
import type { PacketStore } from '../domain/packet/ports.ts';
import type { EvidenceStore } from '../domain/ports.ts';
import type { WitnessedHead, WitnessRecord } from '../services/audit/read.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { LiveEvents } from './live.ts';
import type { DayFileReaders } from './routes/pos.ts';
import type { SimulatorOptions } from './routes/simulator.ts';

/** Everything the HTTP application is wired from; only api/main.ts and tests make one. */
export interface ApiDependencies {
  mode: 'development' | 'production';
  db: Database;
  engine: IncidentEngine;
  dispatcher: Dispatcher;
  objects: EvidenceStore;
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
  /** The newest head outside of the database; the row only says that there must be one. */
  verifyWitness: (witness: WitnessRecord | null, tenantId: string) => Promise<WitnessedHead | null>;
  packets: {
    store: PacketStore;
    /** What a packet names as its maker. */
    producerVersion: string;
    /** What recipients compare a packet's key with. */
    signingPublicKeyPem: string;
  };
  dayFileReaders: DayFileReaders;
  consoleDir: string | null;
  /** Only in development. */
  simulator: SimulatorOptions | null;
  brokerReady: () => boolean;
  log: (error: unknown, about: Record<string, unknown>) => void;
}
