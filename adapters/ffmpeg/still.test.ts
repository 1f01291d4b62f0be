import { expect, it } from 'vitest';
import { boxOverlay } from './still.ts';

it('draws boxes in pixels, inside the picture, as numbers only', () => {
  const svg = boxOverlay([{ x: 0.5, y: 0.25, width: 0.9, height: 0.5 }], 640, 360);
  expect(svg).toContain('x="320.0" y="90.0" width="320.0" height="180.0"');
  const hostile = { x: '"/><script>', y: Number.NaN, width: 0.1, height: 0.1 } as unknown as {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  expect(boxOverlay([hostile], 640, 360)).not.toContain('script');
});
