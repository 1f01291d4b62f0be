import type { ViewerContents } from '../domain/packet/ports.ts';
import { problemText } from '../domain/packet/verify.ts';
import { byId, element, type PageElement, type PickedFile } from './browser.ts';
import { checkPacket, type PacketReport } from './check.ts';
import { readZip, type ZipEntry } from './zip.ts';

/** What the packet says of itself; shown at once, proven only by the check. */
const contents = JSON.parse(byId('contents').textContent ?? '{}') as ViewerContents;

const verdict = byId('verdict');
let madeUrls: string[] = [];

byId('title').textContent = contents.title;
show(
  contents.videos.map(({ path, label }) => ({ source: path, label })),
  contents.pictures.map(({ path, label }) => ({ source: path, label })),
);

for (const id of ['zip', 'folder']) {
  const input = byId(id);
  input.addEventListener('change', () => run(Array.from(input.files ?? [])));
}
const drop = byId('drop');
drop.addEventListener('dragover', (event) => event.preventDefault());
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  run(Array.from(event.dataTransfer?.files ?? []));
});

function run(picked: readonly PickedFile[]): void {
  if (picked.length === 0) return;
  verdict.className = 'working';
  verdict.textContent = 'Checking …';
  check(picked).catch((error: unknown) => {
    verdict.className = 'bad';
    verdict.textContent = `NOT A PACKET THAT CAN BE TRUSTED. ${error instanceof Error ? error.message : String(error)}`;
  });
}

async function check(picked: readonly PickedFile[]): Promise<void> {
  const [only] = picked;
  const inFolder = picked.every(({ webkitRelativePath }) => webkitRelativePath !== '');
  const entries: ZipEntry[] = inFolder
    ? picked.map((file) => ({ name: file.webkitRelativePath, bytes: file }))
    : await readZip(only!);
  const report = await checkPacket(entries, (done, of) => {
    verdict.textContent = `Checking file ${done + 1} of ${of} …`;
  });
  tell(report);
}

function tell(report: PacketReport): void {
  const { problems, seal, files } = report;
  const ok = problems.length === 0;
  verdict.className = ok ? 'good' : 'bad';
  verdict.replaceChildren(
    element('strong', ok ? 'EVERYTHING HOLDS.' : 'THIS PACKET WAS CHANGED OR IS NOT WHOLE.'),
    element(
      'p',
      ok
        ? `All ${files.length} files have the hashes that were signed for, and the signature is right.`
        : `${problems.length} ${problems.length === 1 ? 'thing does' : 'things do'} not hold:`,
    ),
    ...problems.map((problem) => element('p', problemText(problem), 'problem')),
    element('p', `Signed with the key ${report.keySha256 ?? '(none)'}.`, 'mono'),
    element(
      'p',
      'Compare this number with the one that the company publishes: no packet can prove whose key it carries.',
    ),
    element('p', stampText(report)),
  );
  for (const url of madeUrls) URL.revokeObjectURL(url);
  madeUrls = [];
  const matching = (test: (path: string) => boolean) =>
    files.filter(({ path }) => test(path)).map(({ path, bytes }) => ({ source: urlOf(bytes, path), label: path }));
  show(
    matching((path) => path.endsWith('.mp4')),
    matching((path) => path.startsWith('data/stills/')),
  );
  if (seal !== null)
    byId('title').textContent =
      `Packet ${seal.statement.packetId}, version ${seal.statement.version}: incident ${seal.statement.incidentId}`;
  const bad = new Set(problems.map(({ path }) => path));
  byId('files').replaceChildren(
    ...files.map(({ path, sha256, bytes }) => {
      const row = element('tr', '', bad.has(path) ? 'problem' : '');
      row.append(element('td', path), element('td', String(bytes.size)), element('td', sha256, 'mono'));
      return row;
    }),
  );
  byId('list').hidden = false;
}

function stampText({ timestamped }: PacketReport): string {
  return timestamped
    ? 'A time stamp (RFC 3161) is included. This page does not check it; README.txt says how to.'
    : 'No time stamp of a third party is included.';
}

/** With its type, since a part of a zip has none and a browser plays nothing that it cannot name. */
function urlOf(bytes: Blob, path: string): string {
  const url = URL.createObjectURL(new Blob([bytes], { type: path.endsWith('.mp4') ? 'video/mp4' : 'image/jpeg' }));
  madeUrls.push(url);
  return url;
}

interface Shown {
  source: string;
  label: string;
}

function show(videos: readonly Shown[], pictures: readonly Shown[]): void {
  byId('videos').replaceChildren(
    ...videos.map(({ source, label }) => {
      const video = element('video', '');
      video.controls = true;
      video.src = source;
      video.setAttribute('preload', 'metadata');
      return figure(video, label);
    }),
  );
  byId('pictures').replaceChildren(
    ...pictures.map(({ source, label }) => {
      const picture = element('img', '');
      picture.src = source;
      picture.alt = label;
      return figure(picture, label);
    }),
  );
}

function figure(inside: PageElement, label: string): PageElement {
  const made = element('figure', '');
  made.append(inside, element('figcaption', label));
  return made;
}
