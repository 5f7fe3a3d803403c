import { fileURLToPath } from 'node:url'

/** The root of the workspace. */
export const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** Everything that is kept between starts and not in git: data, logs, passwords. */
export const dataFolder = `${root}.data`

/** Downloaded programs: deleting it costs the download, nothing else. */
export const toolsFolder = `${dataFolder}/tools`
