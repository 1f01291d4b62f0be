import type { Schemas } from '../api/client.ts';

type Packet = Schemas['Packet'];

export const purposeLabels: Record<Packet['purpose'], string> = {
  police: 'For the police',
  insurer: 'For an insurer',
  internal: 'For use inside the company',
};

export const packetStates: Record<Packet['state'], string> = {
  requested: 'is being built.',
  ready: 'is ready.',
  failed: 'could not be built.',
  purged: 'was deleted with the evidence.',
};
