import { Button, TextInput } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { keys } from '../api/queries.ts';
import type { Phone, PhoneMessage } from '../api/simulator.ts';
import { sendFromPhone } from '../api/simulator.ts';
import { shortTime, useNowMs } from '../time.ts';
import { Problem } from '../ui/notices.tsx';
import { readable, roleLabel } from '../words.ts';
import { CallScreen, currentCall, PastCall } from './call.tsx';
import classes from './handset.module.css';

const quickReplies = ['1', '2', '3', '4', 'HELP', 'SAFE'];

/** One phone: its texts and calls, and what its owner can do with them. */
export function Handset({ phone }: { phone: Phone }) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const screen = useRef<HTMLDivElement>(null);
  const code = unansweredCode(phone.messages);
  const call = currentCall(phone);
  const reply = useMutation({
    mutationFn: (body: string) => sendFromPhone(phone.number, body),
    onSuccess: async () => {
      setText('');
      await client.invalidateQueries({ queryKey: keys.phones });
    },
  });
  const entries = entriesOf(phone, call?.sid);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll down whenever something arrives
  useEffect(() => {
    if (screen.current) screen.current.scrollTop = screen.current.scrollHeight;
  }, [entries.length, call?.sid]);

  return (
    <section className={classes.phone} aria-label={`Phone of ${phone.label}`} data-testid={`phone-${phone.number}`}>
      <header className={classes.head}>
        <h2 className={classes.name}>{phone.label || 'Nobody in the roster'}</h2>
        <p className={classes.number}>
          {phone.role && `${roleLabel(phone.role)} · `}
          <span className="tabular">{phone.number}</span>
        </p>
        {phone.optedOut && <p className={classes.stopped}>Said STOP: no text gets through until START.</p>}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div ref={screen} className={classes.screen} role="log" aria-label={`Messages of ${phone.label}`} tabIndex={0}>
        {entries.length === 0 && (
          <p className={classes.none}>No messages. A text arrives here when this person is next to be told.</p>
        )}
        {entries.map((entry) =>
          'message' in entry ? (
            <Bubble key={entry.message.sid} message={entry.message} />
          ) : (
            <PastCall key={entry.call.sid} call={entry.call} />
          ),
        )}
      </div>
      {call ? (
        <CallScreen key={call.sid} phone={phone} call={call} />
      ) : (
        <>
          <fieldset className={classes.quick} aria-label="Quick replies">
            <p className={classes.answering}>{code ? `Answer ${code} with` : 'Answer with'}</p>
            {quickReplies.map((sign) => (
              <Button
                key={sign}
                variant="default"
                size="xs"
                disabled={reply.isPending}
                onClick={() => reply.mutate(code ? `${sign} ${code}` : sign)}
              >
                {sign}
              </Button>
            ))}
          </fieldset>
          <form
            className={classes.compose}
            onSubmit={(event) => {
              event.preventDefault();
              if (text.trim()) reply.mutate(text.trim());
            }}
          >
            <TextInput
              aria-label={`Reply from ${phone.label}`}
              placeholder="Reply"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              maxLength={480}
              className={classes.input}
              data-testid="phone-reply"
            />
            <Button
              type="submit"
              px="sm"
              aria-label="Send"
              disabled={!text.trim()}
              loading={reply.isPending}
              data-testid="phone-send"
            >
              <IconSend size={18} />
            </Button>
          </form>
        </>
      )}
      {reply.isError && <Problem error={reply.error} />}
    </section>
  );
}

type Entry = { at: string; message: PhoneMessage } | { at: string; call: Phone['calls'][number] };

/** Texts and calls that are over, in the order in which they came. */
function entriesOf(phone: Phone, currentSid: string | undefined): Entry[] {
  const messages: Entry[] = phone.messages.map((message) => ({ at: message.at, message }));
  const calls = phone.calls.filter(({ sid }) => sid !== currentSid).map((call): Entry => ({ at: call.at, call }));
  return [...messages, ...calls].sort((a, b) => a.at.localeCompare(b.at));
}

/** What asks for an answer says how to call for help, in every language of ours. */
const asks = /\b(?:HELP|AYUDA|HILFE|AIDE)\b/;

/** The code of the newest text that nothing was said about since; with several open, the code tells which one is meant. */
function unansweredCode(messages: readonly PhoneMessage[]): string | null {
  const alerts = messages.flatMap(({ direction, body }, index) => {
    const code =
      direction === 'to_phone' && asks.test(body) ? /Floorwalker ([A-Z0-9]{3}): /.exec(body)?.[1] : undefined;
    return code && !messages.slice(index + 1).some((later) => later.body.includes(code)) ? [code] : [];
  });
  return alerts.at(-1) ?? null;
}

function Bubble({ message }: { message: PhoneMessage }) {
  const nowMs = useNowMs();
  const isMine = message.direction === 'from_phone';
  return (
    <div className={classes.message} data-mine={isMine || undefined}>
      <p className={classes.bubble}>
        <span className="visually-hidden">{isMine ? 'Sent: ' : 'Received: '}</span>
        {withLinks(message.body)}
      </p>
      <p className={classes.meta}>
        <time dateTime={message.at}>{shortTime(message.at, nowMs)}</time>
        {!isMine && ` · ${readable(message.status).toLowerCase()}`}
        {message.segments > 1 && ` · ${message.segments} segments`}
      </p>
      {message.problem && <p className={classes.error}>{message.problem}</p>}
    </div>
  );
}

function withLinks(body: string) {
  let offset = 0;
  return body.split(/(https?:\/\/[^\s]+)/g).map((part) => {
    const key = offset;
    offset += part.length;
    return /^https?:\/\//.test(part) ? (
      <a key={key} href={part} target="_blank" rel="noreferrer">
        {part}
      </a>
    ) : (
      part
    );
  });
}
