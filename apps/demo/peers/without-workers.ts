// Imported before a library that starts workers from blobs, which the page's policy refuses: where there are no workers it does without.
Object.assign(globalThis, { Worker: undefined });

export {};
