import {
  IconAlertTriangle,
  IconCash,
  IconCheck,
  IconCircleDashed,
  IconCircleDot,
  IconClockHour4,
  IconEye,
  IconFileOff,
  IconHandStop,
  IconHelp,
  IconHourglass,
  IconLifebuoy,
  IconReceipt,
  IconReceiptOff,
  IconShieldCheck,
  IconTrash,
  IconUserCheck,
  IconVideo,
  IconVideoOff,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/client.ts';
import type { Tone } from '../words.ts';
import { evidenceLabels, stateLabels, tillLabels, verdictLabels } from '../words.ts';
import { Chip } from './chip.tsx';

const size = 15;
interface Look {
  tone: Tone;
  icon: ReactNode;
}

const till: Record<Schemas['PosVerdict'], Look> = {
  PENDING: { tone: 'neutral', icon: <IconHourglass size={size} /> },
  MATCH: { tone: 'good', icon: <IconReceipt size={size} /> },
  MISMATCH: { tone: 'warn', icon: <IconReceiptOff size={size} /> },
  UNKNOWN: { tone: 'info', icon: <IconHelp size={size} /> },
  NOT_APPLICABLE: { tone: 'neutral', icon: <IconCircleDashed size={size} /> },
};

const evidence: Record<Schemas['EvidenceState'], Look> = {
  requested: { tone: 'neutral', icon: <IconHourglass size={size} /> },
  partial: { tone: 'warn', icon: <IconVideo size={size} /> },
  ready: { tone: 'neutral', icon: <IconVideo size={size} /> },
  failed: { tone: 'bad', icon: <IconVideoOff size={size} /> },
  not_kept: { tone: 'neutral', icon: <IconFileOff size={size} /> },
  purged: { tone: 'neutral', icon: <IconTrash size={size} /> },
};

const state: Record<Schemas['IncidentState'], Look> = {
  new: { tone: 'info', icon: <IconCircleDot size={size} /> },
  alerting: { tone: 'warn', icon: <IconClockHour4 size={size} /> },
  acknowledged: { tone: 'info', icon: <IconUserCheck size={size} /> },
  in_review: { tone: 'info', icon: <IconEye size={size} /> },
  closed: { tone: 'neutral', icon: <IconCheck size={size} /> },
};

const verdict: Record<Schemas['Verdict'], Look> = {
  paid: { tone: 'good', icon: <IconCash size={size} /> },
  staff_error: { tone: 'neutral', icon: <IconAlertTriangle size={size} /> },
  unsure: { tone: 'info', icon: <IconHelp size={size} /> },
  confirmed: { tone: 'warn', icon: <IconHandStop size={size} /> },
  false_positive: { tone: 'neutral', icon: <IconX size={size} /> },
  help: { tone: 'bad', icon: <IconLifebuoy size={size} /> },
  safe: { tone: 'good', icon: <IconShieldCheck size={size} /> },
  unreviewed: { tone: 'neutral', icon: <IconClockHour4 size={size} /> },
};

export function TillChip({ value }: { value: Schemas['PosVerdict'] }) {
  return (
    <Chip {...till[value]} hint={tillLabels[value].hint} quiet={value === 'NOT_APPLICABLE' || value === 'PENDING'}>
      {tillLabels[value].label}
    </Chip>
  );
}

export function EvidenceChip({ value }: { value: Schemas['EvidenceState'] }) {
  return (
    <Chip {...evidence[value]} hint={evidenceLabels[value].hint} quiet={evidence[value].tone === 'neutral'}>
      {evidenceLabels[value].label}
    </Chip>
  );
}

export function StateChip({ value, testId }: { value: Schemas['IncidentState']; testId?: string }) {
  return (
    <Chip {...state[value]} hint={stateLabels[value].hint} {...(testId ? { testId } : {})}>
      {stateLabels[value].label}
    </Chip>
  );
}

export function VerdictChip({ value }: { value: Schemas['Verdict'] }) {
  return <Chip {...verdict[value]}>{verdictLabels[value]}</Chip>;
}
