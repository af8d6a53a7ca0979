/**
 * Workers that the page's Content-Security-Policy holds in. One that is started from its own address takes its policy
 * from that answer's headers, of which a static host sends none; one that is started from a blob inherits the page's
 * (Content Security Policy Level 3, section 4.2.4; HTML, "initialize worker policy container"). So the blob is one line
 * that imports the module, which `worker-src 'self'` allows.
 */
const blobs = new Map<string, string>();

/** @param script address of a module, as `?worker&url` gives it. */
export function startWorker(script: string): Worker {
  const address = new URL(script, import.meta.url).href;
  const blob = blobs.get(address) ?? URL.createObjectURL(textBlob(`import ${JSON.stringify(address)};`));
  blobs.set(address, blob);
  return new Worker(blob, { type: "module" });
}

function textBlob(text: string): Blob {
  return new Blob([text], { type: "text/javascript" });
}
