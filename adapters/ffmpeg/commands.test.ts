import { describe, expect, it } from 'vitest';
import { clipOptions, concatScript, fileArgument, recorderArgs, rtspArgument } from './commands.ts';
import { tail } from './run.ts';

const analysis = { width: 480, height: 270, fps: 15 };
const optionOf = (args: readonly string[], flag: string) => args[args.indexOf(flag) + 1];

describe('recorderArgs', () => {
  it('plays a file at its own speed, encodes it without look-ahead and keeps no sound', () => {
    const args = recorderArgs({
      source: { kind: 'file', path: '/films/a b.mp4', loop: true },
      analysis,
      sessionId: 's1',
    });
    expect(args.slice(0, 3)).toEqual(['-nostdin', '-hide_banner', '-loglevel']);
    expect(optionOf(args, '-filter_complex')).toContain('[0:v:0]realtime,split');
    expect(optionOf(args, '-stream_loop')).toBe('-1');
    expect(optionOf(args, '-i')).toBe('file:/films/a b.mp4');
    expect(optionOf(args, '-protocol_whitelist')).toBe('file');
    expect(optionOf(args, '-tune')).toBe('zerolatency');
    expect(optionOf(args, '-bf')).toBe('0');
    expect(args.filter((arg) => arg === '-an')).toHaveLength(2);
    expect(args.filter((arg) => arg.startsWith('s1-'))).toEqual(['s1-%06d.ts']);
    expect(args.at(-1)).toBe('pipe:1');
  });

  it("copies a network camera's stream untouched and opens no file for it", () => {
    const args = recorderArgs({ source: { kind: 'rtsp', url: 'rtsp://10.0.0.9:554/main' }, analysis, sessionId: 's1' });
    expect(optionOf(args, '-c:v')).toBe('copy');
    expect(optionOf(args, '-rtsp_transport')).toBe('tcp');
    expect(optionOf(args, '-protocol_whitelist')).not.toContain('file');
    expect(args.join(' ')).not.toContain('realtime');
    expect(args.filter((arg) => arg === '-an')).toHaveLength(2);
  });

  it('refuses a session name that could be an option or a path', () => {
    const source = { kind: 'file', path: '/a.mp4' } as const;
    for (const sessionId of ['-y', '../x', 'a b', '%d', '']) {
      expect(() => recorderArgs({ source, analysis, sessionId })).toThrow(RangeError);
    }
  });
});

describe('what may become an argument', () => {
  it('takes absolute paths only', () => {
    expect(fileArgument('/a/-i.mp4')).toBe('file:/a/-i.mp4');
    for (const path of ['a.mp4', '-i', 'concat:/etc/passwd|/a', 'http://x/y']) {
      expect(() => fileArgument(path)).toThrow(RangeError);
    }
  });

  it('takes rtsp addresses only', () => {
    expect(rtspArgument('rtsp://user:pw@cam/1')).toBe('rtsp://user:pw@cam/1');
    for (const url of ['file:///etc/passwd', 'http://cam/', '-i', 'rtsp://', '']) {
      expect(() => rtspArgument(url)).toThrow(RangeError);
    }
  });

  it('quotes segment paths for the concat script and refuses line breaks', () => {
    const script = concatScript([{ path: "/ring/o'brien/a.ts", spanSeconds: 1.25 }]);
    expect(script).toBe(`ffconcat version 1.0\nfile 'file:/ring/o'\\''brien/a.ts'\nduration 1.250000\n`);
    expect(() => concatScript([{ path: "/a\nfile '/etc/passwd'", spanSeconds: 1 }])).toThrow(RangeError);
  });
});

it('cuts by instant and never invents or drops a frame', () => {
  const { input, output } = clipOptions(0.3, 10.3);
  expect(optionOf(output, '-vf')).toBe('trim=start=0.300000:end=10.300000,setpts=PTS-STARTPTS');
  expect(optionOf(output, '-fps_mode')).toBe('vfr');
  expect(optionOf(output, '-movflags')).toBe('+faststart');
  expect(optionOf(input, '-protocol_whitelist')).toBe('file,pipe');
});

it('keeps the last lines of the log and blots out credentials', () => {
  const log = `${'noise\n'.repeat(20)}rtsp://admin:secret@10.0.0.9/main: Connection refused\n`;
  expect(tail(log)).toContain('rtsp://[redacted]@10.0.0.9/main: Connection refused');
  expect(tail(log).split('|')).toHaveLength(6);
});
