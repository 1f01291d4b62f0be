import type { EvidenceCameras, MergeKey } from '../policy.ts';
import type { RedactionPolicy } from '../redaction/types.ts';
import type { RunbookAction, RunbookMode } from '../runbook.ts';
import type { Behaviour, Category, HumanVerdict, OperatingModel, Role, SeverityLevel } from '../types.ts';

/** What a person writes, before durations are numbers and defaults are filled in; the shape is policy.schema.json. */
export interface PolicyDocument {
  id?: string;
  operatingModel: OperatingModel;
  receiptFirst?: Behaviour[];
  till?: { before?: string; after?: string; feedStaleAfter?: string };
  prompt?:
    | 'off'
    | { wait?: string; message?: string; after?: DocumentFollowUp; afterMessage?: string; maxHold?: string };
  merge?: { window?: string; keys?: MergeKey[] };
  lateAfter?: string;
  pageWithin?: string;
  evidence?: { preRoll?: string; postRoll?: string; grace?: string; giveUpAfter?: string; cameras?: EvidenceCameras };
  redaction?: Partial<RedactionPolicy>;
  escalation?: DocumentRung[];
  acknowledgedTimeout?: string;
  reviewTimeout?: string;
  claim?: string;
  linkLifetime?: string;
  noise?: DocumentNoise;
  fusion?: { severityFrom?: 'detection' | 'fused'; holdBelow?: Partial<Record<Behaviour, number>> };
  severityPoints?: Partial<Record<Behaviour, number>>;
  secondReview?: { verdicts?: HumanVerdict[]; share?: number };
  runbooks?: DocumentRunbook[];
  retention?: Partial<Record<RetainedVerdict, string>> & {
    rules?: DocumentRetentionRule[];
    whenShortened?: 'keep' | 'apply';
    coldAfter?: string;
  };
}

export type DocumentFollowUp = 'none' | 'attend' | 'block';

export interface DocumentRetentionRule {
  id: string;
  categories?: Category[];
  outcomes?: RetainedVerdict[];
  keep: string;
}

export interface DocumentRung {
  role: Role;
  timeout: string;
  tries?: number;
}

export interface DocumentAllowance {
  count: number;
  window: string;
}

export interface DocumentNoise {
  gates?: (DocumentAllowance & { behaviour: Behaviour })[];
  storm?: Partial<DocumentAllowance>;
  suppression?: 'off' | { minVerdicts?: number; floorPrecision?: number; window?: string; passEvery?: number };
  perShift?: number;
  budgets?: Partial<Record<SeverityLevel, DocumentAllowance>>;
  quietHoursPass?: SeverityLevel;
}

export interface DocumentStep {
  id: string;
  action: RunbookAction;
  mode?: RunbookMode;
  approvers?: Role[];
  mandatory?: boolean;
  target?: string;
  about?: string;
  message?: string;
  ackTimeout?: string;
}

export interface DocumentRunbook {
  id: string;
  behaviours?: 'any' | Behaviour[];
  minSeverity?: SeverityLevel;
  steps: DocumentStep[];
}

export const retainedVerdicts = ['paid', 'staff_error', 'false_positive', 'confirmed', 'unreviewed'] as const;
export type RetainedVerdict = (typeof retainedVerdicts)[number];

/** Where in a document, as keys and list positions. */
export type DocumentPath = readonly (string | number)[];

export interface DocumentProblem {
  path: DocumentPath;
  message: string;
}
