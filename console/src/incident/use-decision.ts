import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetail, VerdictName } from '../api/client.ts';
import { api, expectData, isStatus } from '../api/client.ts';
import { keys } from '../api/queries.ts';
import { newKey } from '../ids.ts';
import type { ReasonCode } from '../words.ts';
import { verdictChoices } from '../words.ts';

/** One intention to decide. The key stays with it through every retry, so that the server counts it once. */
export interface Attempt {
  idempotencyKey: string;
  verdict: VerdictName;
  expectedVersion: number;
  reasonCode: ReasonCode | null;
  note: string;
}

export interface Decision {
  armed: Attempt | null;
  isSending: boolean;
  error: Error | null;
  /** What the server said when somebody else was first. */
  conflict: string | null;
  /** What was recorded last, for whoever looks. */
  recorded: string | null;
  /** A sentence for whoever listens. */
  said: string;
  arm: (verdict: VerdictName) => void;
  change: (change: Pick<Partial<Attempt>, 'reasonCode' | 'note'>) => void;
  disarm: () => void;
  confirm: () => void;
  dismissConflict: () => void;
}

/** Arms a verdict, sends it once confirmed, and tells when somebody else was faster. */
export function useDecision(incident: IncidentDetail): Decision {
  const client = useQueryClient();
  const [armed, setArmed] = useState<Attempt | null>(null);
  const [conflict, setConflict] = useState<string | null>(null);
  const [recorded, setRecorded] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const reread = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.incident(incident.id) }),
      client.invalidateQueries({ queryKey: keys.incidents }),
    ]);

  const send = useMutation({
    mutationFn: (attempt: Attempt) =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/verdict', {
          params: { path: { incidentId: incident.id }, header: { 'Idempotency-Key': attempt.idempotencyKey } },
          body: {
            verdict: attempt.verdict,
            expectedVersion: attempt.expectedVersion,
            ...(attempt.reasonCode ? { reasonCode: attempt.reasonCode } : {}),
            ...(attempt.note.trim() ? { note: attempt.note.trim() } : {}),
          },
        }),
      ),
    onSuccess: async (_result, attempt) => {
      setArmed(null);
      setConflict(null);
      setRecorded(labelOf(attempt.verdict));
      setSaid(`Recorded: ${labelOf(attempt.verdict)}.`);
      await reread();
    },
    onError: async (error) => {
      if (!isStatus(error, 409)) return;
      setArmed(null);
      setConflict(
        error instanceof Error && 'detail' in error && typeof error.detail === 'string' ? error.detail : error.message,
      );
      await reread();
    },
  });

  return {
    armed,
    isSending: send.isPending,
    error: armed && send.error && !isStatus(send.error, 409) ? send.error : null,
    conflict,
    recorded,
    said,
    arm: (verdict) => {
      if (send.isPending) return;
      send.reset();
      setConflict(null);
      setRecorded(null);
      setArmed({
        idempotencyKey: newKey(),
        verdict,
        expectedVersion: incident.version,
        reasonCode: null,
        note: '',
      });
      setSaid(`${labelOf(verdict)}: press Enter to confirm, Escape to cancel.`);
    },
    // Another body is another attempt: a key must never stand for two contents.
    change: (change) => setArmed((attempt) => attempt && { ...attempt, ...change, idempotencyKey: newKey() }),
    disarm: () => {
      if (send.isPending) return;
      setArmed(null);
      setSaid('');
    },
    confirm: () => {
      if (armed && !send.isPending) send.mutate(armed);
    },
    dismissConflict: () => setConflict(null),
  };
}

function labelOf(verdict: VerdictName): string {
  return verdictChoices.find((choice) => choice.verdict === verdict)?.label ?? verdict;
}
