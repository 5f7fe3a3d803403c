// Only the page uses it, in a browser: the Node that it asks for means nothing there. With `engine-strict`, pnpm would
// refuse to install it on Node 20.
function readPackage(manifest) {
  if (manifest.name === 'eventsource-parser') delete manifest.engines
  return manifest
}

// In the workspace a package brings what it needs. Whoever installs it from npm brings what `publishConfig` says, so that
// there is one of each.
function beforePacking({ devDependencies, scripts, ...manifest }) {
  const { peerDependencies, ...publishConfig } = manifest.publishConfig ?? {}
  if (!peerDependencies) return { ...manifest, devDependencies, scripts }
  const own = Object.entries(manifest.dependencies).filter(([name]) => !(name in peerDependencies))
  return { ...manifest, dependencies: Object.fromEntries(own), peerDependencies, publishConfig }
}

export const hooks = { readPackage, beforePacking }
