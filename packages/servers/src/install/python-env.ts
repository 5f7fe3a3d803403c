/** Where packages come from, which a user may have to choose. Everything else would change how and where they go. */
const source =
  /^PIP_(INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|PROXY|CERT|CLIENT_CERT|TRUSTED_HOST|CACHE_DIR|NO_CACHE_DIR|DEFAULT_TIMEOUT|TIMEOUT|RETRIES|KEYRING_PROVIDER|CONFIG_FILE)$/

// They outrank a user's own pip.conf. --target refuses `user = true`.
const pipSettings = {
  PIP_USER: '0',
  PIP_REQUIRE_VIRTUALENV: '0',
  PIP_ROOT_USER_ACTION: 'ignore',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
}

/** Without the settings of Python itself: PYTHONHOME or PYTHONPATH of another Python ends this one. */
export const withoutPython = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PYTHON')))

/** What pip is run with: packages come from where the user says, and go to where we say. */
export const pipEnv = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(withoutPython(env)).filter(([name]) => !name.startsWith('PIP_') || source.test(name)),
  ),
  ...pipSettings,
})
