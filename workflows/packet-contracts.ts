/** Names and shapes that the packet's workflow shares with whoever starts it; ids only. */
export const packetWorkflowType = 'packetWorkflow';
/** A queue of its own: gigabytes that are read and written must not take the places of texts. */
export const packetQueue = 'packet';

export interface PacketInput {
  tenantId: string;
  packetId: string;
}
