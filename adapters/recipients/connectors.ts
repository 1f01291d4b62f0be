import type { Connector, Exchange } from '../../domain/sharing/ports.ts';
import type { RecipientKind } from '../../domain/sharing/template.ts';
import { createInsurer } from './insurer.ts';
import { createPolicePortal } from './police-portal.ts';

const partBytes = 8 * 1_024 * 1_024;

/** How each kind of recipient is spoken to. */
export const createConnectors = (
  exchange: Exchange,
  options: { partBytes?: number } = {},
): Record<RecipientKind, Connector> => ({
  police: createPolicePortal(exchange, { partBytes: options.partBytes ?? partBytes }),
  insurer: createInsurer(exchange),
});
