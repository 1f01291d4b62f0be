import type { CSSVariablesResolver } from '@mantine/core';
import { createTheme, defaultVariantColorsResolver } from '@mantine/core';

const sans =
  "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const mono = "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Segoe UI Mono', 'Roboto Mono', 'Liberation Mono', monospace";

export const theme = createTheme({
  fontFamily: sans,
  fontFamilyMonospace: mono,
  headings: { fontFamily: sans, fontWeight: '620' },
  colors: {
    lagoon: [
      '#e6f6f4',
      '#cdebe7',
      '#a6dcd5',
      '#7fd1c7',
      '#5cc0b4',
      '#3ba699',
      '#23887d',
      '#0c6b62',
      '#08554e',
      '#063f3a',
    ],
    dark: [
      '#e8edf1',
      '#a9b6c2',
      '#8796a4',
      '#5b6a78',
      '#34424f',
      '#25313b',
      '#1a232b',
      '#131a20',
      '#0d1216',
      '#0a0e12',
    ],
  },
  primaryColor: 'lagoon',
  primaryShade: { light: 7, dark: 3 },
  variantColorResolver: (input) =>
    input.variant === 'filled' && (input.color === undefined || input.color === 'lagoon')
      ? {
          background: 'var(--fw-accent)',
          hover: 'var(--fw-accent-hover)',
          color: 'var(--fw-on-accent)',
          border: '1px solid transparent',
        }
      : defaultVariantColorsResolver(input),
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: { Modal: { styles: { title: { fontSize: '1.1875rem', fontWeight: 620 } } } },
});

/** Mantine draws with the tokens of styles.css. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--fw-bg)',
    '--mantine-color-text': 'var(--fw-text)',
    '--mantine-color-dimmed': 'var(--fw-dim)',
    '--mantine-color-default': 'var(--fw-surface)',
    '--mantine-color-default-hover': 'var(--fw-raised)',
    '--mantine-color-default-color': 'var(--fw-text)',
    '--mantine-color-default-border': 'var(--fw-line-strong)',
    '--mantine-color-placeholder': 'var(--fw-faint)',
    '--mantine-color-anchor': 'var(--fw-accent)',
    '--mantine-color-error': 'var(--fw-bad)',
  };
  return { variables: {}, light: shared, dark: shared };
};
