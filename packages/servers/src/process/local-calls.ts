const here = ['localhost', '127.0.0.1', '::1']

/**
 * The environment, with this machine among the hosts that no proxy is asked for: with NODE_USE_ENV_PROXY Node sends
 * every request to the proxy that HTTP_PROXY names.
 */
export function withoutProxyHere(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Node reads the first of these that is set.
  const others = env.no_proxy ?? env.NO_PROXY ?? ''
  if (others.trim() === '*') return env
  const hosts = [...new Set([...others.split(/[\s,]+/).filter((host) => host !== ''), ...here])].join(',')
  return { ...env, no_proxy: hosts, NO_PROXY: hosts }
}
