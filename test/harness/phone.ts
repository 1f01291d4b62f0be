/** Asks the carrier simulator, as its page does: a path and what to send. */
export type CarrierControl = (path: string, init?: RequestInit) => Promise<unknown>;

export interface Phone {
  /** Texts to this phone, oldest first. */
  texts(): Promise<{ sid: string; body: string; at: string; status: string }[]>;
  /** Waits for the next text that has not been waited for; fails after `withinMs`. */
  expectText(pattern: RegExp, withinMs?: number): Promise<{ sid: string; body: string; at: string }>;
  /** Texts that nobody has waited for. */
  unexpected(): Promise<string[]>;
  reply(body: string): Promise<void>;
}

export function openPhone(number: string, control: CarrierControl): Phone {
  let seen = 0;
  const texts = async () => {
    const { phones } = (await control('/phones')) as {
      phones: {
        number: string;
        messages: { sid: string; direction: string; body: string; at: string; status: string }[];
      }[];
    };
    return (
      phones.find((phone) => phone.number === number)?.messages.filter(({ direction }) => direction === 'to_phone') ??
      []
    );
  };
  return {
    texts,
    async expectText(pattern, withinMs = 30_000) {
      const untilMs = Date.now() + withinMs;
      for (;;) {
        const next = (await texts())[seen];
        if (next) {
          seen += 1;
          if (!pattern.test(next.body)) throw new Error(`the phone got "${next.body}", expected ${pattern}`);
          return next;
        }
        if (Date.now() > untilMs) throw new Error(`no text like ${pattern} within ${withinMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    unexpected: async () => (await texts()).slice(seen).map(({ body }) => body),
    async reply(body) {
      await control(`/phones/${encodeURIComponent(number)}/messages`, {
        method: 'POST',
        body: JSON.stringify({ body }),
      });
    },
  };
}
