import { Button } from '@mantine/core';
import {
  IconPhone,
  IconPhoneCall,
  IconPhoneEnd,
  IconPhoneIncoming,
  IconPhoneX,
  IconRobot,
  IconVolume,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { keys } from '../api/queries.ts';
import type { CallCommand, Phone, PhoneCall } from '../api/simulator.ts';
import { commandCall } from '../api/simulator.ts';
import { duration, shortTime, useNowMs } from '../time.ts';
import { Problem } from '../ui/notices.tsx';
import classes from './call.module.css';

const going: readonly PhoneCall['status'][] = ['ringing', 'in-progress'];
const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

/** The call that is on this phone right now. */
export const currentCall = (phone: Phone): PhoneCall | undefined =>
  phone.calls.find(({ status }) => status === 'in-progress') ??
  phone.calls.find(({ status }) => going.includes(status));

/** Rings, talks and listens: what one would do with the phone in the hand. */
export function CallScreen({ phone, call }: { phone: Phone; call: PhoneCall }) {
  const client = useQueryClient();
  const command = useMutation({
    mutationFn: (wanted: CallCommand) => commandCall(phone.number, call.sid, wanted),
    onSettled: () => client.invalidateQueries({ queryKey: keys.phones }),
  });
  const isRinging = call.status === 'ringing';
  return (
    <section
      className={classes.call}
      data-ringing={isRinging || undefined}
      aria-label={`Call on the phone of ${phone.label}`}
      data-testid="call"
    >
      <p className={classes.state} role="status">
        {isRinging ? <IconPhoneIncoming size={18} /> : <IconPhoneCall size={18} />}
        {isRinging ? 'Floorwalker is calling' : call.answeredBy === 'machine' ? 'The machine listens' : 'On the phone'}
      </p>
      {!isRinging && <Talk call={call} />}
      {isRinging ? (
        <div className={classes.answering}>
          <Button
            leftSection={<IconPhone size={17} />}
            onClick={() => command.mutate({ does: 'answer', by: 'human' })}
            disabled={command.isPending}
            data-testid="call-answer"
          >
            Answer
          </Button>
          <Button
            variant="default"
            leftSection={<IconPhoneX size={17} />}
            onClick={() => command.mutate({ does: 'decline' })}
            disabled={command.isPending}
            data-testid="call-decline"
          >
            Decline
          </Button>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconRobot size={16} />}
            onClick={() => command.mutate({ does: 'answer', by: 'machine' })}
            disabled={command.isPending}
          >
            Let the machine answer
          </Button>
        </div>
      ) : (
        <>
          <fieldset className={classes.keypad} aria-label={`Keypad of ${phone.label}`}>
            {keypad.map((key) => (
              <Button
                key={key}
                variant="default"
                size="xs"
                onClick={() => command.mutate({ does: 'keys', keys: key })}
                disabled={command.isPending}
                data-testid={`key-${key}`}
              >
                {key}
              </Button>
            ))}
          </fieldset>
          <Button
            variant="default"
            fullWidth
            leftSection={<IconPhoneEnd size={17} />}
            onClick={() => command.mutate({ does: 'hang-up' })}
            disabled={command.isPending}
            data-testid="call-hang-up"
          >
            Hang up
          </Button>
        </>
      )}
      {command.isError && <Problem error={command.error} />}
    </section>
  );
}

/** What was said, and which keys were pressed, as it happens. */
function Talk({ call }: { call: PhoneCall }) {
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll down whenever something is said
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [call.lines.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div ref={end} className={classes.talk} role="log" aria-label="What is said" tabIndex={0}>
      {call.lines.length === 0 && <p className={classes.dim}>Nothing is said yet.</p>}
      <Lines call={call} />
      {call.waitingForKey && <p className={classes.dim}>It waits for a key.</p>}
    </div>
  );
}

function Lines({ call }: { call: PhoneCall }) {
  return call.lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
    <p key={index} className={line.kind === 'key' ? classes.key : classes.said}>
      {line.kind === 'key' ? (
        <>
          Pressed <kbd>{line.text}</kbd>
        </>
      ) : (
        <>
          <IconVolume size={15} aria-hidden="true" /> {line.text}
        </>
      )}
    </p>
  ));
}

const ended: Record<PhoneCall['status'], string> = {
  queued: 'Call on its way',
  initiated: 'Call on its way',
  ringing: 'Ringing',
  'in-progress': 'On the phone',
  completed: 'Call',
  busy: 'Declined call',
  'no-answer': 'Missed call',
  failed: 'Call that failed',
  canceled: 'Call that was called off',
};

/** A call that is over, among the messages. */
export function PastCall({ call }: { call: PhoneCall }) {
  const nowMs = useNowMs();
  const isTalk = call.status === 'completed';
  const length = call.durationSeconds ? `, ${duration(call.durationSeconds * 1000)}` : '';
  return (
    <details className={classes.past} data-testid="past-call" data-status={call.status}>
      <summary>
        {isTalk ? <IconPhoneCall size={15} aria-hidden="true" /> : <IconPhoneX size={15} aria-hidden="true" />}
        <span>
          {ended[call.status]}
          {call.answeredBy === 'machine' && ' to the machine'}
          {length}
        </span>
        <time dateTime={call.at}>{shortTime(call.at, nowMs)}</time>
      </summary>
      {call.lines.length === 0 && <p className={classes.dim}>Nothing was said.</p>}
      <Lines call={call} />
      {call.problem && <p className={classes.problem}>{call.problem}</p>}
    </details>
  );
}
