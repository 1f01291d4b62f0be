/** What the Compose Specification allows and this project does not. */

export interface Service {
  image?: string;
  build?: unknown;
  restart?: string;
  privileged?: boolean;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  ports?: (string | { target: number })[];
  environment?: Record<string, string | number | boolean | null>;
  volumes?: string[];
  healthcheck?: { test?: unknown; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { resources?: { limits?: { memory?: string } } };
}

export type Services = Record<string, Service>;

const PUBLISHED = { service: 'api', port: 8420 };
const OWN_IMAGE = 'floorwalker:';
const SECRET_NAME = /PASSWORD|PWD|SECRET|TOKEN|ACCESS_KEY|ROOT_USER/;
/** A variable that must be set, with a word on what to set it to. */
const REQUIRED_VARIABLE = /^\$\{[A-Z][A-Z0-9_]*:\?[^}]{10,}\}$/;

/** Every breach of the house's rules, as a sentence that names the service. */
export function breaches(services: Services): string[] {
  const oneShots = namesOfOneShots(services);
  return Object.entries(services).flatMap(([name, service]) =>
    [
      ...health(name, service, oneShots),
      ...dependencies(service, oneShots),
      ...secrets(service),
      ...exposure(name, service),
      ...hardening(service),
      ...lifecycle(name, service, oneShots),
    ].map((breach) => `${name}: ${breach}`),
  );
}

/** Whoever another service waits for to end. */
function namesOfOneShots(services: Services): Set<string> {
  const dependencies = Object.values(services).flatMap((service) => Object.entries(service.depends_on ?? {}));
  return new Set(
    dependencies.filter(([, { condition }]) => condition === 'service_completed_successfully').map(([name]) => name),
  );
}

function health(name: string, { healthcheck }: Service, oneShots: Set<string>): string[] {
  if (oneShots.has(name)) return healthcheck?.disable ? [] : ['runs once, so its healthcheck must say disable: true'];
  return healthcheck?.test && !healthcheck.disable ? [] : ['has no healthcheck'];
}

function dependencies({ depends_on = {} }: Service, oneShots: Set<string>): string[] {
  return Object.entries(depends_on).flatMap(([name, { condition }]) => {
    const wanted = oneShots.has(name) ? 'service_completed_successfully' : 'service_healthy';
    return condition === wanted ? [] : [`waits for ${name} with ${condition}, not ${wanted}`];
  });
}

function secrets({ environment = {} }: Service): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const text = String(value ?? '');
    if (SECRET_NAME.test(name) && !REQUIRED_VARIABLE.test(text)) {
      return [`${name} must be \${VARIABLE:?what to set it to}, without a default or a literal`];
    }
    const password = /:\/\/[^/@\s]*?:(\$\{[^}]*\}|[^@/]*)@/.exec(text)?.[1];
    return password === undefined || REQUIRED_VARIABLE.test(password) ? [] : [`${name} holds a literal password`];
  });
}

function exposure(name: string, { ports = [] }: Service): string[] {
  return ports.flatMap((port) => {
    const target = typeof port === 'string' ? Number(port.split(':').at(-1)?.split('/')[0]) : port.target;
    return name === PUBLISHED.service && target === PUBLISHED.port ? [] : [`publishes port ${target}`];
  });
}

function hardening(service: Service): string[] {
  const found: string[] = [];
  const own = service.image?.startsWith(OWN_IMAGE) ?? false;
  if (service.privileged) found.push('is privileged');
  if (!service.security_opt?.includes('no-new-privileges:true')) found.push('may gain privileges');
  if (own && !service.read_only) found.push('our image must run read_only');
  if (own && !service.cap_drop?.includes('ALL')) found.push('our image must drop all capabilities');
  return found;
}

function lifecycle(name: string, service: Service, oneShots: Set<string>): string[] {
  const found: string[] = [];
  const tag = service.image
    ?.replace(/\$\{[^}]*\}/g, 'variable')
    .split('/')
    .at(-1)
    ?.split(':')[1];
  if (!service.image || !tag || tag === 'latest') found.push('its image has no fixed tag');
  const once = oneShots.has(name);
  if (!(once ? /^on-failure/ : /^unless-stopped$/).test(service.restart ?? ''))
    found.push(`restart is ${service.restart ?? 'not set'}`);
  if (!once && !service.deploy?.resources?.limits?.memory) found.push('has no memory limit');
  return found;
}
