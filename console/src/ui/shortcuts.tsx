import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo, useRef, useState } from 'react';
import classes from './shortcuts.module.css';

export interface Shortcut {
  /** Values of KeyboardEvent.key, any of which runs it. */
  keys: readonly string[];
  label: string;
  run: () => void;
}

interface Group {
  title: string;
  shortcuts: readonly Shortcut[];
}

interface Registry {
  groups: Set<{ current: Group }>;
  showSheet: () => void;
}

const RegistryContext = createContext<Registry | null>(null);

const keyNames: Record<string, string> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  ' ': 'Space',
  Escape: 'Esc',
};

/** One keydown listener for the whole page; `?` shows what can be pressed now. */
export function ShortcutProvider({ children }: { children: ReactNode }) {
  const groups = useRef(new Set<{ current: Group }>());
  const [sheet, setSheet] = useState<Group[] | null>(null);
  const registry = useMemo<Registry>(() => {
    const help: Group = {
      title: 'Everywhere',
      shortcuts: [{ keys: ['?'], label: 'Show this sheet', run: () => undefined }],
    };
    return {
      groups: groups.current,
      showSheet: () => setSheet([...[...groups.current].map((group) => group.current), help]),
    };
  }, []);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target) ||
        isDialogOpen()
      )
        return;
      if (pressesTheFocusedControl(event)) return;
      if (event.key === '?') {
        event.preventDefault();
        registry.showSheet();
        return;
      }
      const found = [...groups.current]
        .reverse()
        .flatMap((group) => group.current.shortcuts)
        .find((shortcut) => shortcut.keys.includes(event.key));
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [registry]);

  return (
    <RegistryContext value={registry}>
      {children}
      <Modal
        opened={sheet !== null}
        onClose={() => setSheet(null)}
        title="Keyboard shortcuts"
        size="lg"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className={classes.groups}>
          {sheet?.map((group) => (
            <section key={group.title}>
              <h3 className={classes.title}>{group.title}</h3>
              <dl className={classes.list}>
                {group.shortcuts.map((shortcut) => (
                  <div key={shortcut.label} className={classes.row}>
                    <dt>{shortcut.label}</dt>
                    <dd>
                      {shortcut.keys.map((key) => (
                        <kbd key={key}>{keyNames[key] ?? key}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </Modal>
    </RegistryContext>
  );
}

/** Registers shortcuts while the component is shown. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const registry = useRegistry();
  const group = useRef<Group>({ title, shortcuts });
  group.current = { title, shortcuts };
  useEffect(() => {
    registry.groups.add(group);
    return () => {
      registry.groups.delete(group);
    };
  }, [registry]);
}

export function useShortcutSheet(): () => void {
  return useRegistry().showSheet;
}

function useRegistry(): Registry {
  const registry = useContext(RegistryContext);
  if (!registry) throw new Error('shortcuts need the ShortcutProvider around them');
  return registry;
}

const noWords = new Set(['range', 'radio', 'checkbox', 'button', 'submit']);

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !noWords.has(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName));
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

/** Enter and Space belong to the button or link that has the focus; arrows to the slider or tab. */
function pressesTheFocusedControl(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.key === 'Enter' || event.key === ' ')
    return event.target.closest('button, a, summary, [role="tab"], [role="option"]') !== null;
  if (event.key.startsWith('Arrow'))
    return event.target.closest('input, [role="slider"], [role="tab"], [role="radio"]') !== null;
  return false;
}
