import { commandSettings } from '@saucery/chassis/settings'

export const orderSettings = commandSettings
