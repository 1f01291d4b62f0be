import type { Schemas } from '../api/client.ts';
import { Chip } from '../ui/chip.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { sensorStates, sourceLabels } from '../words-sensors.ts';
import classes from './estate.module.css';

/** The sensors of a store, and which of them cannot be heard. */
export function SensorRows({ sensors }: { sensors: readonly Schemas['Sensor'][] }) {
  if (sensors.length === 0) return null;
  return (
    <ul className={classes.cameras} aria-label="Sensors">
      {sensors.map((sensor) => {
        const { label, tone, hint } = sensorStates[sensor.state];
        return (
          <li key={sensor.sensorId} className={classes.camera}>
            <span>
              {sensor.label} <span className={classes.dim}>{sourceLabels[sensor.kind]}</span>
            </span>
            <Chip tone={tone}>{label}</Chip>
            <span className={classes.seen}>
              {sensor.lastSeenAt ? <TimeAgo at={sensor.lastSeenAt} /> : 'never heard'}
            </span>
            {hint && <span className={classes.hint}>{hint}</span>}
          </li>
        );
      })}
    </ul>
  );
}
