import type { PageDocument } from './documents.ts';

/** What building a packet needs from the outside; adapters implement it, the worker wires it. */
export interface PacketStore {
  /** The bytes as they come, unchecked: whoever reads takes the hash. Null when the object is gone. */
  read(object: { key: string; version: string }): Promise<AsyncIterable<Uint8Array> | null>;
  /** Stores under object lock part by part, each checked by the store, so that memory stays bounded; nothing stays when `body` fails. */
  putLocked(object: {
    key: string;
    mediaType: string;
    lockedUntil: string;
    body: AsyncIterable<Uint8Array>;
  }): Promise<{ version: string; sha256: string; sizeBytes: number }>;
}

/** A zip that is written while it is made: the same entries in the same order are the same bytes. */
export interface ZipWriter {
  output: AsyncIterable<Uint8Array>;
  /** Resolves when all of it has been taken. */
  add(path: string, content: Uint8Array | { sizeBytes: number; bytes: AsyncIterable<Uint8Array> }): Promise<void>;
  end(): Promise<void>;
  /** Makes the reader of `output` fail. */
  abort(error: Error): void;
}

export interface PacketTools {
  openZip(): ZipWriter;
  renderPdf(page: PageDocument): Promise<Uint8Array>;
  /** The viewer, with what it shows before it was given the files. */
  viewerPage(contents: ViewerContents): Promise<string>;
  /** A token of RFC 3161 over the bytes; null when no time-stamping server is configured. */
  timestamp: ((bytes: Uint8Array) => Promise<Uint8Array>) | null;
}

/** What the viewer knows without having been given the packet; it proves nothing and says so. */
export interface ViewerContents {
  title: string;
  videos: { path: string; label: string }[];
  pictures: { path: string; label: string }[];
}
