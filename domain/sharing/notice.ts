import type { Locale } from '../types.ts';

export type NoticeEvent = 'corrected' | 'withdrawn';

/** Why something that went out is taken back; a closed list, since whoever had it is told. */
export const withdrawalReasons = [
  'sent_by_mistake',
  'wrong_recipient',
  'consent_withdrawn',
  'superseded',
  'objection',
] as const;
export type WithdrawalReason = (typeof withdrawalReasons)[number];

/** What is signed and told to everybody who had the packet: docs/sharing.md, schemas/sharing/share-notice.schema.json. */
export interface NoticeStatement {
  kind: 'floorwalker.share-notice.v1';
  noticeId: string;
  issuedAt: string;
  company: string;
  event: NoticeEvent;
  because: string;
  incidentId: string;
  packet: { id: string; version: number; sha256: string };
  /** What went with it; null: it was handed over by a link. */
  shareId: string | null;
  handoverId: string | null;
  language: Locale;
  words: string;
}

export const noticeStatement = (input: Omit<NoticeStatement, 'kind' | 'words'>): NoticeStatement => ({
  kind: 'floorwalker.share-notice.v1',
  ...input,
  words: words[input.event][input.language],
});

/** No name, and nothing of what the packet said. */
const words: Record<NoticeEvent, Record<Locale, string>> = {
  corrected: {
    en: 'The record of this incident has been corrected. What this packet reported is not confirmed any more. Do not rely on it, and delete it unless the law makes you keep it.',
    de: 'Der Eintrag zu diesem Vorfall wurde berichtigt. Was dieses Paket berichtet hat, ist nicht mehr bestätigt. Bitte verlassen Sie sich nicht darauf und löschen Sie es, soweit Sie es nicht von Gesetzes wegen aufbewahren müssen.',
    es: 'El registro de este incidente se ha corregido. Lo que comunicaba este paquete ya no está confirmado. No se base en él y bórrelo, salvo que la ley le obligue a conservarlo.',
    fr: "L'enregistrement de cet incident a été corrigé. Ce que rapportait ce dossier n'est plus confirmé. Ne vous y fiez plus et supprimez-le, sauf si la loi vous oblige à le conserver.",
  },
  withdrawn: {
    en: 'This packet has been withdrawn by whoever sent it. Do not use it, and delete it unless the law makes you keep it.',
    de: 'Dieses Paket wurde vom Absender zurückgezogen. Bitte verwenden Sie es nicht und löschen Sie es, soweit Sie es nicht von Gesetzes wegen aufbewahren müssen.',
    es: 'El remitente ha retirado este paquete. No lo utilice y bórrelo, salvo que la ley le obligue a conservarlo.',
    fr: "Ce dossier a été retiré par son expéditeur. Ne l'utilisez pas et supprimez-le, sauf si la loi vous oblige à le conserver.",
  },
};
