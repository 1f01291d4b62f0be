import { Button, TextInput } from '@mantine/core';
import { IconDeviceMobile, IconSend } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { keys, phonesQuery, simulatorQuery } from '../api/queries.ts';
import type { Phone, PhoneMessage } from '../api/simulator.ts';
import { sendFromPhone } from '../api/simulator.ts';
import { openStream } from '../api/stream.ts';
import { shortTime, useNowMs } from '../time.ts';
import { Empty, Failure, Loading } from '../ui/notices.tsx';
import { readable, roleLabel } from '../words.ts';
import page from './page.module.css';
import classes from './phones.module.css';

const quickReplies = ['1', '2', '3', '4', 'HELP'];

/** The phones of the carrier simulator: read what people in the store get, and answer for them. */
export function PhonesPage() {
  const simulator = useQuery(simulatorQuery);
  const phones = useQuery({ ...phonesQuery, enabled: Boolean(simulator.data) });
  const client = useQueryClient();
  const isOffered = Boolean(simulator.data);
  useEffect(() => {
    document.title = 'Phones · Floorwalker';
    if (!isOffered) return;
    const reread = () => void client.invalidateQueries({ queryKey: keys.phones });
    return openStream('/simulator/stream', 'phones', { event: reread, open: reread, state: () => undefined });
  }, [client, isOffered]);

  return (
    <div className={page.page}>
      <div className={page.head}>
        <div>
          <h1 className={page.title}>Phones</h1>
          <p className={page.lead}>A simulated carrier. Read what people in the store get, and answer for them.</p>
        </div>
      </div>
      {simulator.data === null && (
        <Empty title="There is no simulator here">
          Phones can be played only in development. Here, real people have them.
        </Empty>
      )}
      {isOffered && phones.isPending && <Loading label="Loading the phones" />}
      {phones.isError && <Failure error={phones.error} onRetry={() => void phones.refetch()} />}
      {phones.data?.length === 0 && (
        <Empty icon={<IconDeviceMobile size={30} stroke={1.5} />} title="No phones yet">
          A phone appears for every person who is on the roster.
        </Empty>
      )}
      {phones.data && (
        <div className={classes.phones}>
          {phones.data.map((phone) => (
            <Handset key={phone.number} phone={phone} />
          ))}
        </div>
      )}
    </div>
  );
}

function Handset({ phone }: { phone: Phone }) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const screen = useRef<HTMLDivElement>(null);
  const code = unansweredCode(phone.messages);
  const reply = useMutation({
    mutationFn: (body: string) => sendFromPhone(phone.number, body),
    onSuccess: async () => {
      setText('');
      await client.invalidateQueries({ queryKey: keys.phones });
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll down whenever a message arrives
  useEffect(() => {
    if (screen.current) screen.current.scrollTop = screen.current.scrollHeight;
  }, [phone.messages.length]);

  return (
    <section className={classes.phone} aria-label={`Phone of ${phone.label}`} data-testid={`phone-${phone.number}`}>
      <header className={classes.head}>
        <h2 className={classes.name}>{phone.label}</h2>
        <p className={classes.number}>
          {roleLabel(phone.role)} · <span className="tabular">{phone.number}</span>
        </p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div ref={screen} className={classes.screen} role="log" aria-label={`Messages of ${phone.label}`} tabIndex={0}>
        {phone.messages.length === 0 && (
          <p className={classes.none}>No messages. A text arrives here when this person is next to be told.</p>
        )}
        {phone.messages.map((message) => (
          <Bubble key={message.sid} message={message} />
        ))}
      </div>
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
      {reply.isError && (
        <p role="alert" className={classes.error}>
          {reply.error.message}
        </p>
      )}
    </section>
  );
}

/** The code of the newest text that nothing was said about since; with several open, the code tells which one is meant. */
function unansweredCode(messages: readonly PhoneMessage[]): string | null {
  const alerts = messages.flatMap(({ direction, body }, index) => {
    const code = direction === 'to_phone' ? /^Floorwalker ([A-Z0-9]{3}): [^.]*please/.exec(body)?.[1] : undefined;
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
