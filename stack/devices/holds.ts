interface Told {
  commandId: string;
  action: string;
  expiresAt: string;
  forMs?: number | undefined;
  releases?: string | undefined;
}

interface Hold {
  target: string;
  action: string;
  timer: NodeJS.Timeout;
}

export interface Holds {
  /** Begins or ends a hold, if that is what was told; `onExpiry` when it ended by itself. */
  obey(target: string, told: Told, onExpiry: () => void): void;
  of(target: string): { blocked: boolean; attending: boolean };
  close(): void;
}

/**
 * What terminals wait for an attendant for. Several incidents may hold one terminal; it goes on when the last has let go.
 * Each hold ends by the terminal's own clock at the latest, so that whoever ordered it may die meanwhile.
 */
export function createHolds(): Holds {
  const holds = new Map<string, Hold>();
  const released = new Set<string>();
  const end = (commandId: string) => {
    clearTimeout(holds.get(commandId)?.timer);
    return holds.delete(commandId);
  };
  return {
    obey(target, told, onExpiry) {
      if (told.action === 'terminal_release') {
        if (told.releases === undefined) return;
        released.add(told.releases);
        end(told.releases);
      }
      if (told.action !== 'terminal_block' && told.action !== 'terminal_attend') return;
      // Overtaken by its own release.
      if (released.has(told.commandId)) return;
      const untilExpiryMs = Date.parse(told.expiresAt) - Date.now();
      const timer = setTimeout(
        () => {
          if (end(told.commandId)) onExpiry();
        },
        Math.max(0, Math.min(told.forMs ?? untilExpiryMs, untilExpiryMs)),
      );
      holds.set(told.commandId, { target, action: told.action, timer });
    },
    of(target) {
      const here = [...holds.values()].filter((hold) => hold.target === target);
      return {
        blocked: here.some(({ action }) => action === 'terminal_block'),
        attending: here.some(({ action }) => action === 'terminal_attend'),
      };
    },
    close() {
      for (const { timer } of holds.values()) clearTimeout(timer);
    },
  };
}
