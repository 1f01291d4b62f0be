import type { Schemas } from '../api/client.ts';

type Redaction = Schemas['Redaction'];
type Policy = Schemas['Redactions']['policy'];

export const redactionState: Record<Redaction['state'], string> = {
  requested: 'is being made.',
  ready: 'is ready.',
  failed: 'could not be made.',
  unavailable: 'cannot be made here.',
};

export const ruleSentence: Record<Policy['rule'], string> = {
  optional: 'The policy lets the original leave; masking is up to you.',
  sharing: 'By the policy, whatever leaves the company is masked.',
  required: 'By the policy, nobody but those who decide here sees the original.',
};

export const targetLabels: Record<Policy['target'], string> = {
  people: 'Bystanders are masked whole, whom the incident is about at the head.',
  faces: 'Heads and faces are masked.',
};

export const styleLabels: Record<Policy['style'], string> = { solid: 'Solid', blur: 'Blurred' };
