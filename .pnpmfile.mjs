// Only the page uses it, in a browser: the Node that it asks for means nothing there. With `engine-strict`, pnpm would
// refuse to install it on Node 20.
function readPackage(manifest) {
  if (manifest.name === 'eventsource-parser') delete manifest.engines
  return manifest
}

export const hooks = { readPackage }
