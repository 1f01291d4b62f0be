/** Every workflow that a worker of the `incident` queue can run; what the bundle is made from. */
export * from './evidence.workflow.ts';
export * from './incident.workflow.ts';
export * from './packet.workflow.ts';
export * from './redaction.workflow.ts';
export * from './runbook.workflow.ts';
export * from './share.workflow.ts';
