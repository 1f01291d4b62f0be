import type { PacketFacts } from './facts.ts';
import { artifactPath } from './names.ts';

type Node = Record<string, unknown>;

const typed = (type: string, value: string | number): Node => ({ '@type': type, '@value': value });
const instant = (at: string): Node => typed('xsd:dateTime', at);

/**
 * The recordings and how they were secured, in the terms of CASE 1.3 and UCO 1.3, as JSON-LD. `idOf` makes a stable UUID
 * from a name. Nobody is named in it.
 */
export function caseDocument(facts: PacketFacts, idOf: (name: string) => string): Node {
  const { incident, place, producer, recording, packet } = facts;
  const id = (kind: string, name: string): string => `kb:${kind}-${idOf(`${kind}/${name}`)}`;
  const files = facts.artifacts.map((artifact): Node => {
    const path = artifactPath(artifact);
    return {
      '@id': id('file', path),
      '@type': 'uco-observable:File',
      'uco-core:hasFacet': [
        {
          '@id': id('file-facet', path),
          '@type': 'uco-observable:FileFacet',
          'uco-observable:fileName': path.slice(path.lastIndexOf('/') + 1),
          'uco-observable:filePath': path,
          'uco-observable:sizeInBytes': typed('xsd:integer', artifact.sizeBytes),
        },
        {
          '@id': id('content-facet', path),
          '@type': 'uco-observable:ContentDataFacet',
          'uco-observable:mimeType': artifact.mediaType,
          'uco-observable:sizeInBytes': typed('xsd:integer', artifact.sizeBytes),
          'uco-observable:hash': [
            {
              '@id': id('hash', path),
              '@type': 'uco-types:Hash',
              'uco-types:hashMethod': typed('uco-vocabulary:HashNameVocab', 'SHA256'),
              'uco-types:hashValue': typed('xsd:hexBinary', artifact.sha256),
            },
          ],
        },
      ],
    };
  });
  const references = files.map((file) => ({ '@id': file['@id'] }));
  const tool = {
    '@id': id('tool', producer.version),
    '@type': 'uco-tool:Tool',
    'uco-core:name': producer.name,
    'uco-tool:version': producer.version,
  };
  const store = {
    '@id': id('location', place.storeId),
    '@type': 'uco-location:Location',
    'uco-core:name': place.store,
  };
  const camera = {
    '@id': id('camera', place.cameraId),
    '@type': 'uco-observable:Device',
    'uco-core:name': place.cameraId,
  };
  const others = (recording.cameras ?? [])
    .filter(({ clock, as }) => clock !== null && as !== null)
    .map(({ cameraId }) => ({
      ...{ '@id': id('camera', cameraId), '@type': 'uco-observable:Device', 'uco-core:name': cameraId },
    }));
  const provenance = {
    '@id': id('provenance', packet.id),
    '@type': 'case-investigation:ProvenanceRecord',
    'case-investigation:exhibitNumber': `${packet.id}-v${packet.version}`,
    'uco-core:object': references,
  };
  const acquisition = {
    '@id': id('acquisition', incident.id),
    '@type': 'case-investigation:InvestigativeAction',
    'uco-core:name': 'acquired',
    'uco-action:startTime': instant(recording.requestedAt),
    ...(recording.securedAt === null ? {} : { 'uco-action:endTime': instant(recording.securedAt) }),
    'uco-action:instrument': { '@id': tool['@id'] },
    'uco-action:location': { '@id': store['@id'] },
    'uco-action:object':
      others.length === 0 ? { '@id': camera['@id'] } : [camera, ...others].map((each) => ({ '@id': each['@id'] })),
    'uco-action:result': [...references, { '@id': provenance['@id'] }],
  };
  const investigation = {
    '@id': id('investigation', incident.id),
    '@type': 'case-investigation:Investigation',
    'uco-core:name': incident.id,
    'case-investigation:investigationForm': 'incident',
    'uco-core:object': [acquisition['@id'], provenance['@id']].map((each) => ({ '@id': each })),
  };
  return {
    '@context': {
      kb: `urn:floorwalker:${place.tenantId}:`,
      'case-investigation': 'https://ontology.caseontology.org/case/investigation/',
      'uco-action': 'https://ontology.unifiedcyberontology.org/uco/action/',
      'uco-core': 'https://ontology.unifiedcyberontology.org/uco/core/',
      'uco-location': 'https://ontology.unifiedcyberontology.org/uco/location/',
      'uco-observable': 'https://ontology.unifiedcyberontology.org/uco/observable/',
      'uco-tool': 'https://ontology.unifiedcyberontology.org/uco/tool/',
      'uco-types': 'https://ontology.unifiedcyberontology.org/uco/types/',
      'uco-vocabulary': 'https://ontology.unifiedcyberontology.org/uco/vocabulary/',
      xsd: 'http://www.w3.org/2001/XMLSchema#',
    },
    '@graph': [investigation, acquisition, provenance, tool, camera, ...others, store, ...files],
  };
}
