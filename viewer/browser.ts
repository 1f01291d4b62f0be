/** The few parts of a browser that the viewer touches; the project's own types know Node and no page. */
export interface PageElement {
  id: string;
  textContent: string | null;
  className: string;
  hidden: boolean;
  src: string;
  controls: boolean;
  alt: string;
  value: string;
  files: ArrayLike<PickedFile> | null;
  append(...children: (PageElement | string)[]): void;
  replaceChildren(...children: (PageElement | string)[]): void;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
}

interface PageEvent {
  preventDefault(): void;
  dataTransfer?: { files: ArrayLike<PickedFile> } | null;
}

/** A file that somebody chose; of a chosen folder it knows its path. */
export interface PickedFile extends Blob {
  readonly name: string;
  readonly webkitRelativePath: string;
}

interface Page {
  body: PageElement;
  getElementById(id: string): PageElement | null;
  createElement(tag: string): PageElement;
}

export const page = (globalThis as unknown as { document: Page }).document;

export function byId(id: string): PageElement {
  const element = page.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

export function element(tag: string, text: string, className = ''): PageElement {
  const made = page.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}
