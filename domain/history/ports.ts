import type { DecodedEvent } from './decoded.ts';

/** What is known of a workflow that was asked about. */
export type FetchedHistory =
  /** It goes on: there is something left to do after the incident was closed. */
  | { state: 'running' }
  /** The engine has forgotten it, or never had it. */
  | { state: 'unknown' }
  | {
      state: 'ended';
      runId: string;
      status: string;
      /** The history as the engine gives it, in its own JSON form with the names in order: twice is the same bytes. */
      raw: string;
      events: DecodedEvent[];
      buildIds: string[];
      sdk: string | null;
    };

export interface HistorySource {
  fetch(workflowId: string): Promise<FetchedHistory>;
}
